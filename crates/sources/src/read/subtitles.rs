//! Subtitles (WebVTT, SubRip): what is said, one line a cue.
//!
//! Deliberately absent: times, places on the screen, and who speaks.

use super::html;
use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    outlet.document(&prose(&charset::decode(bytes, None)), &Metadata::new())
}

fn prose(source: &str) -> Prose {
    let mut prose = Prose::default();
    for cue in source.split("\n\n") {
        // Blocks without a time are headers, notes and styles.
        let mut lines = cue.lines().skip_while(|line| !line.contains("-->"));
        if lines.next().is_some() {
            let said = lines.collect::<Vec<_>>().join(" ");
            prose.line();
            prose.flow(html::prose(&said).0.text());
        }
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_kept() {
        let vtt = "WEBVTT\n\nNOTE a note\n\n1\n00:11.000 --> 00:13.000 align:left\n<v Roger>We are in\nNew York\n\n\
            00:13.000 --> 00:16.000\n<i>Laughs</i> &amp; leaves\n";
        assert_eq!(prose(vtt).text(), "We are in New York\nLaughs & leaves");
        let srt = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n";
        assert_eq!(prose(srt).text(), "One\nTwo");
    }
}
