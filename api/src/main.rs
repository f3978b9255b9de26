//! The program: see `huiyin help`.

use std::process::ExitCode;

/// A faster allocator: answers are many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::cli::main()
}
