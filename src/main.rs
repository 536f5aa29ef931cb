//! The program: all of it is in the library's `cli`.

fn main() -> std::process::ExitCode {
    coranto::cli::main()
}
