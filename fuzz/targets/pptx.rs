//! What `.pptx` files may hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| embedscope_fuzz::read("pptx", bytes));
