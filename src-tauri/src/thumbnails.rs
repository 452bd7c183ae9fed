//! `thumb://localhost/OPENING-ITEM`: the small picture of an item, by its id; the page never learns a path. The number of
//! the opening keeps apart what a browser remembers of one workspace and another.

use std::sync::Arc;

use embedscope_api::Host;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

/// Answers off the window's thread.
pub fn answer<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let host = context.app_handle().state::<Arc<Host>>().inner().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let item = request.uri().path().rsplit(['/', '-']).next().and_then(|item| item.parse().ok());
        let picture = item.and_then(|item| host.thumbnail(item).ok());
        let response = match picture {
            Some(bytes) => Response::builder()
                .header(header::CONTENT_TYPE, "image/jpeg")
                .header(header::CACHE_CONTROL, "max-age=3600")
                .body(bytes),
            None => Response::builder().status(StatusCode::NOT_FOUND).body(Vec::new()),
        };
        responder.respond(response.expect("fixed headers"));
    });
}
