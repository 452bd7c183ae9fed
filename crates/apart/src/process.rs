//! A process with both ends of the talk with it, which ends when nobody holds it any more.
//!
//! Deliberately absent: limits on what it may take; it sets those itself.

use std::env::consts::EXE_SUFFIX;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Letters of its complaints that are passed on.
const QUOTED: usize = 200;
/// How long is waited for the complaints of a process that has ended, which another may have inherited.
const PATIENCE: Duration = Duration::from_millis(500);

/// A process and the talk with it.
pub struct Process {
    /// What it hangs by.
    pub life: Life,
    /// What it reads.
    pub input: ChildStdin,
    /// What it writes.
    pub output: BufReader<ChildStdout>,
}

/// What a process hangs by: dropped, the process is ended, and nothing of it stays.
pub struct Life {
    child: Child,
    complaint: Complaint,
}

impl Drop for Life {
    fn drop(&mut self) {
        // One that has ended already is no failure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program of this name beside the one that runs; None where there is none, as in tests, and for that program itself.
pub fn beside_this_program(name: &str) -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let program = own.with_file_name(format!("{name}{EXE_SUFFIX}"));
    (program != own && program.is_file()).then_some(program)
}

impl Process {
    /// Starts a process; on Windows without a console.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            command.creation_flags(CREATE_NO_WINDOW);
        }
        let mut life = Life { child: command.spawn()?, complaint: Complaint::default() };
        let child = &mut life.child;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = (input, output, errors) else {
            return Err(io::Error::other("it cannot be talked to"));
        };
        life.complaint.hear(errors)?;
        Ok(Self { life, input, output: BufReader::new(output) })
    }
}

impl Life {
    /// What follows “has ended” of a process that has: how, and the last it wrote to its stream of errors.
    pub fn last_words(mut self) -> String {
        let _ = self.complaint.over.as_ref().map(|over| over.recv_timeout(PATIENCE));
        // One that only fell silent would be waited for in vain; of one that has ended this changes nothing.
        let _ = self.child.kill();
        let status = self.child.wait().map(|status| format!(" ({status})")).unwrap_or_default();
        status + &self.complaint()
    }

    /// A colon and the last it wrote to its stream of errors, if it wrote anything.
    pub fn complaint(&self) -> String {
        let last = self.complaint.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_empty() { String::new() } else { format!(": {last}") }
    }
}

/// The last line of a stream that is read to its end, so that it never runs full.
#[derive(Default)]
struct Complaint {
    last: Arc<Mutex<String>>,
    /// Nothing is ever sent; the sender goes with the stream's end.
    over: Option<Receiver<()>>,
}

impl Complaint {
    fn hear(&mut self, errors: ChildStderr) -> io::Result<()> {
        let (sender, over) = mpsc::channel();
        let last = self.last.clone();
        thread::Builder::new().name("complaints".into()).spawn(move || listen(errors, &last, sender))?;
        self.over = Some(over);
        Ok(())
    }
}

fn listen(errors: ChildStderr, last: &Mutex<String>, _over: Sender<()>) {
    for line in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // What a panic adds for who develops the program.
        if !line.is_empty() && !line.starts_with("note: ") {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = line.chars().take(QUOTED).collect();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn shell(script: &str) -> Process {
        Process::start(Command::new("sh").args(["-c", script])).expect("a shell")
    }

    #[test]
    fn it_answers_and_ends_with_who_holds_it() {
        let mut process = shell("read word; echo $word $word; exec cat");
        process.input.write_all(b"tick\n").expect("said");
        let mut line = String::new();
        process.output.read_line(&mut line).expect("heard");
        assert_eq!(line, "tick tick\n");
        let Process { life, mut output, input } = process;
        drop(life);
        assert_eq!(output.read_to_end(&mut Vec::new()).expect("its end"), 0);
        drop(input);
    }

    #[test]
    fn its_last_words_are_told() {
        let ended = shell("echo first >&2; echo '  no   paper ' >&2; echo 'note: look behind you' >&2; exit 3");
        assert_eq!(ended.life.last_words(), " (exit status: 3): no paper");
        assert_eq!(shell("exit 0").life.last_words(), " (exit status: 0)");
        assert!(Process::start(&mut Command::new("/no/such/program")).is_err());
        assert_eq!(beside_this_program("no-such-program"), None);
    }
}
