//! Embedscope without a window: one verb a call, the answer on stdout, progress and errors on stderr.
//!
//! Exit status 0: done; 1: the work failed or nothing could be read; 2: the call was wrong. Deliberately absent: any
//! computing; that is the engine's.

mod answer;
mod failure;
mod matrices;
mod progress;
mod setting;
mod verbs;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::verbs::Verb;

/// A microscope for embedding spaces, without a window.
#[derive(Parser)]
#[command(name = "embedscope-cli", version, arg_required_else_help = true)]
struct Call {
    #[command(flatten)]
    setting: Setting,
    #[command(subcommand)]
    verb: Verb,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // Asked for even where the call cannot be understood otherwise.
    let json = words.iter().any(|word| word == "--json");
    let call = match Call::try_parse_from(words) {
        Ok(call) => call,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return say(&error.render().to_string());
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json => {
            eprint!("{}", error.render());
            return ExitCode::from(failure::WRONG_CALL);
        }
        Err(error) => return fail(&Failure::from(error), json),
    };
    match call.setting.apply().and_then(|()| call.verb.run(&call.setting)) {
        Ok(Answer { json: answer, .. }) if json => say(&format!("{answer}\n")),
        Ok(Answer { text, .. }) => say(&text),
        Err(failure) => fail(&failure, json),
    }
}

fn fail(failure: &Failure, json: bool) -> ExitCode {
    if json {
        say(&format!("{}\n", failure.to_json()));
    }
    eprintln!("{failure}");
    ExitCode::from(failure.exit)
}

/// Writes to stdout; a reader that has gone away, such as `head`, is no failure.
fn say(text: &str) -> ExitCode {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    ExitCode::SUCCESS
}
