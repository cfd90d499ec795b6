/* Runs a script that uses errors, coroutines, closures, strings and tables of Lua. Ours; Lua itself is not in the repository. */
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#include <stdio.h>

static const char script[] =
    "local t = {}\n"
    "for i = 1, 200 do t[i] = (i * 7919) % 263 end\n"
    "table.sort(t)\n"
    "print(table.concat(t, ',', 1, 20))\n"
    "local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * i) end end) end\n"
    "local s = 0 for v in gen(100) do s = s + v end print('squares', s)\n"
    "print(select(2, pcall(function() error({ code = 42 }) end)).code)\n"
    "print(select(2, pcall(function() return nil + 1 end)))\n"
    "print(('hello world'):gsub('o', '0'), ('%5.2f|%x|%q'):format(math.pi, 255, 'a\\nb'))\n"
    "local mt = setmetatable({}, { __index = function(_, k) return k .. '!' end }) print(mt.x, #mt)\n"
    "print(string.pack('<i4', 7):byte(1, -1), utf8.char(228, 8364), 7 // 2, 7 % -3, 2^53 | 0)\n"
    "local f = load('local a = ... return a * 2') print(f(21), load('x ='))\n"
    "error('the end')\n";

int main(void) {
  lua_State *L = luaL_newstate();
  luaL_requiref(L, "_G", luaopen_base, 1);
  luaL_requiref(L, "coroutine", luaopen_coroutine, 1);
  luaL_requiref(L, "table", luaopen_table, 1);
  luaL_requiref(L, "string", luaopen_string, 1);
  luaL_requiref(L, "math", luaopen_math, 1);
  luaL_requiref(L, "utf8", luaopen_utf8, 1);
  lua_settop(L, 0);
  if (luaL_loadstring(L, script) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK) {
    printf("error: %s\n", lua_tostring(L, -1));
    lua_close(L);
    return 17;
  }
  return 0;
}
