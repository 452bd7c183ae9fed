//! What the program tells the window unasked: small JSON on one channel, binary frames on another.

use embedscope_api::Outgoing;
use embedscope_api::wire::Event;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{AppHandle, Manager};

use crate::attention::Attention;

/// A listener that passes everything on to the page; what a closed page no longer takes is dropped. Of jobs the rest of
/// the computer hears too.
pub fn to_page(
    app: AppHandle,
    events: Channel<Event>,
    frames: Channel<InvokeResponseBody>,
) -> impl Fn(Outgoing) + Send + Sync + 'static {
    move |outgoing| {
        if let Outgoing::Event(event) = &outgoing
            && let Event::Job { job } = &**event
        {
            app.state::<Attention>().saw(&app, job);
        }
        let sent = match outgoing {
            Outgoing::Event(event) => events.send(*event),
            Outgoing::Frame(frame) => frames.send(InvokeResponseBody::Raw(frame)),
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "the page does not listen");
        }
    }
}
