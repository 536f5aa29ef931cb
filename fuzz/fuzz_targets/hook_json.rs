#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::hook_json(bytes));
