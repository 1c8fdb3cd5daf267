import assembler from "wabt";

/**
 * A module for proxies that adds headers to requests: its name as `x-wasm`, its configuration as `x-wasm-config`, and its environment,
 * `NAME=VALUE`, as `x-wasm-env`; the latter two where there are any. Of several modules in one proxy the configuration is that of one.
 * (github.com/proxy-wasm/spec, ABI 0.2.0)
 */
const text = `
(module
  (import "env" "proxy_add_header_map_value" (func $add (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_buffer_bytes" (func $buffer (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_property" (func $property (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 65536))
  (global $configuration (mut i32) (i32.const 0))
  (global $length (mut i32) (i32.const 0))
  (global $variables (mut i32) (i32.const 0))
  (data (i32.const 64) "x-wasm-config")
  (data (i32.const 96) "x-wasm-env")
  (data (i32.const 128) "x-wasm")
  (data (i32.const 160) "plugin_root_id")
  (func (export "proxy_abi_version_0_2_0"))
  (func (export "proxy_on_memory_allocate") (param $size i32) (result i32)
    global.get $free
    (global.set $free
      (i32.and (i32.add (i32.add (global.get $free) (local.get $size)) (i32.const 7)) (i32.const -8))))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_vm_start") (param i32 i32) (result i32)
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (global.set $variables (i32.load (i32.const 4)))
    (drop (call $environ (i32.const 1024) (i32.const 2048)))
    i32.const 1)
  (func (export "proxy_on_configure") (param $context i32) (param $size i32) (result i32)
    (if (local.get $size) (then
      (drop (call $buffer (i32.const 7) (i32.const 0) (local.get $size) (i32.const 8) (i32.const 12)))
      (global.set $configuration (i32.load (i32.const 8)))
      (global.set $length (i32.load (i32.const 12)))))
    i32.const 1)
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (local $before i32)
    (local.set $before (global.get $free))
    (drop (call $property (i32.const 160) (i32.const 14) (i32.const 16) (i32.const 20)))
    (drop (call $add
      (i32.const 0) (i32.const 128) (i32.const 6) (i32.load (i32.const 16)) (i32.load (i32.const 20))))
    (global.set $free (local.get $before))
    (if (global.get $length) (then
      (drop (call $add
        (i32.const 0) (i32.const 64) (i32.const 13) (global.get $configuration) (global.get $length)))))
    (if (global.get $variables) (then
      (drop (call $add
        (i32.const 0) (i32.const 96) (i32.const 10)
        (i32.const 2048) (i32.sub (global.get $variables) (i32.const 1))))))
    i32.const 0))
`;

/** The module as WebAssembly; the same bytes each time. */
export async function assembleModule(): Promise<Uint8Array> {
  const module = (await assembler()).parseWat("module.wat", text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}
