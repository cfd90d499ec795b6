/* Runs statements in a database in memory. Ours; SQLite itself is not in the repository. */
#include "sqlite3.h"
#include <stdio.h>
#include <string.h>

static int randomness(sqlite3_vfs *v, int n, char *out) { memset(out, 7, n); return n; }
static int sleepFor(sqlite3_vfs *v, int n) { return n; }
static int now(sqlite3_vfs *v, double *t) { *t = 2460000.5; return SQLITE_OK; }
static int lastError(sqlite3_vfs *v, int n, char *out) { return 0; }
static int noFile(sqlite3_vfs *v, const char *n, sqlite3_file *f, int a, int *b) { return SQLITE_CANTOPEN; }
static int noDelete(sqlite3_vfs *v, const char *n, int s) { return SQLITE_OK; }
static int noAccess(sqlite3_vfs *v, const char *n, int f, int *r) { *r = 0; return SQLITE_OK; }
static int fullPath(sqlite3_vfs *v, const char *n, int size, char *out) { sqlite3_snprintf(size, out, "%s", n); return SQLITE_OK; }

static sqlite3_vfs memoryOnly = {
    .iVersion = 1, .szOsFile = 64, .mxPathname = 64, .zName = "none", .xOpen = noFile, .xDelete = noDelete,
    .xAccess = noAccess, .xFullPathname = fullPath, .xRandomness = randomness, .xSleep = sleepFor,
    .xCurrentTime = now, .xGetLastError = lastError};

int sqlite3_os_init(void) { return sqlite3_vfs_register(&memoryOnly, 1); }
int sqlite3_os_end(void) { return SQLITE_OK; }

static int row(void *rows, int n, char **values, char **names) {
  for (int i = 0; i < n; i++) printf("%s%s=%s", i ? " " : "", names[i], values[i] ? values[i] : "NULL");
  printf("\n");
  ++*(int *)rows;
  return 0;
}

static const char *const statements[] = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL, v REAL, UNIQUE(name))",
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c WHERE x<500) INSERT INTO t SELECT x, 'n'||x, x*1.5 FROM c",
    "CREATE INDEX i ON t(v DESC)",
    "SELECT count(*), sum(v), avg(v), min(name), max(name) FROM t",
    "SELECT id, name, printf('%.3f', v) AS p FROM t WHERE v BETWEEN 30 AND 36 ORDER BY v DESC",
    "SELECT name, row_number() OVER (ORDER BY v DESC) AS r FROM t LIMIT 3",
    "SELECT json_extract('{\"a\":[1,2,{\"b\":\"c\"}]}', '$.a[2].b') AS j, hex(zeroblob(3)) AS z, date('2024-02-28', '+2 days') AS d",
    "INSERT INTO t VALUES(501, 'n1', 0)",
    "UPDATE t SET v = v + 1 WHERE id % 100 = 0",
    "DELETE FROM t WHERE id > 250",
    "SELECT total(v) AS s, group_concat(id) AS g FROM t WHERE id % 50 = 0",
    "EXPLAIN QUERY PLAN SELECT * FROM t WHERE name = 'n5'",
    "PRAGMA integrity_check",
};

int main(void) {
  sqlite3 *db;
  int rows = 0, failed = 0;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 99;
  for (unsigned i = 0; i < sizeof statements / sizeof *statements; i++) {
    char *message = 0;
    if (sqlite3_exec(db, statements[i], row, &rows, &message) == SQLITE_OK) continue;
    printf("error: %s\n", message);
    sqlite3_free(message);
    failed++;
  }
  printf("%d rows, version %s\n", rows, sqlite3_libversion());
  sqlite3_close(db);
  return failed;
}
