# The entry of a new thread: its stack and thread-locals have to be there before any code of C runs.
	.globaltype	__stack_pointer, i32
	.functype	__wasm_init_tls (i32) -> ()
	.functype	run_thread (i32, i32) -> ()
	.globl	wasi_thread_start
	.export_name	wasi_thread_start, wasi_thread_start
	.type	wasi_thread_start,@function
wasi_thread_start:
	.functype	wasi_thread_start (i32, i32) -> ()
	local.get	1
	i32.load	4
	global.set	__stack_pointer
	local.get	1
	i32.load	8
	call	__wasm_init_tls
	local.get	0
	local.get	1
	call	run_thread
	end_function
