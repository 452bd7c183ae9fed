//! What became of watched folders, as sentences.

use embedscope_engine::WatchNews;

use crate::wire::{ErrorCode, ErrorView, Event};

pub(crate) fn news(news: &WatchNews) -> Event {
    let trouble = |message: String, hint: &str| Event::Notice {
        error: ErrorView { code: ErrorCode::Failed, message: message.into(), hint: Some(hint.into()) },
    };
    match news {
        WatchNews::Renewed { name, report } => {
            let counted = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
            let parts = [
                counted(report.added, if report.added == 1 { "new item" } else { "new items" }),
                counted(report.moved, "moved"),
                counted(report.gone, "no longer there"),
                counted(report.skipped.len(), "left out"),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            Event::Told { message: format!("{name}: {}.", parts.join(", ")).into() }
        }
        WatchNews::Back { name } => Event::Told { message: format!("{name} is there again and watched.").into() },
        WatchNews::Lost { name } => trouble(
            format!("The watched folder {name} is no longer there"),
            "Its items stay. It is watched again once it is back.",
        ),
        WatchNews::Failed { name, problem } => trouble(
            format!("What is new in the watched folder {name} could not be imported: {problem}"),
            "Drop the folder again, or stop watching it.",
        ),
    }
}
