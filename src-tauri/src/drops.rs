//! Files dropped on the window, or named on the command line, become a plan, and a workspace is opened; paths stay on this side.

use std::path::PathBuf;
use std::sync::Arc;

use embedscope_api::Host;
use embedscope_api::wire::Event;
use tauri::{DragDropEvent, Manager, Window, WindowEvent};

/// Tells the page when files hover over the window and takes those that are dropped.
pub fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else { return };
    let host = window.state::<Arc<Host>>().inner().clone();
    match event {
        DragDropEvent::Enter { .. } => host.tell(Event::Hover { over: true }),
        DragDropEvent::Leave => host.tell(Event::Hover { over: false }),
        DragDropEvent::Drop { paths, .. } => {
            host.tell(Event::Hover { over: false });
            take(host, paths.clone());
        }
        _ => {}
    }
}

/// Looks through the paths off the window's thread; the plan, the workspace, or why there is neither, arrives as an event.
pub fn take(host: Arc<Host>, paths: Vec<PathBuf>) {
    if paths.is_empty() {
        return;
    }
    std::thread::spawn(move || host.take_unasked(&paths));
}
