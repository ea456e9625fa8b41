//! What can be searched, as tabs: the register's entries, vendors, assessments, answers, findings; what was typed goes
//! along.

use super::actor::Caller;
use super::query::address;
use super::render::Renderer;
use super::tabs::Tab;
use crate::actions::index;
use crate::platform::search::Request;
use domain::access::Permission;
use domain::register::{Query as Words, Subject};
use futures::future::join_all;

/// Where a subject is searched.
pub fn search_address(about: Subject) -> &'static str {
    match about {
        Subject::Entries => "/register",
        Subject::Vendors => "/search/vendors",
        Subject::Assessments => "/search/assessments",
        Subject::Answers => "/search/answers",
        Subject::Findings => "/search/findings",
    }
}

/// The tabs of what the caller may search, one of them current. Where something was typed, how much each finds of it;
/// what narrows one of them down does not count for the others.
pub async fn search_tabs(
    renderer: &Renderer,
    caller: &Caller,
    here: Subject,
    text: &str,
    found_here: Option<u64>,
) -> Vec<Tab> {
    let is_typed = !text.trim().is_empty();
    let tabs = Subject::ALL.into_iter().filter(|about| *about != Subject::Entries || caller.may(Permission::Read)).map(
        async |about| Tab {
            href: address(search_address(about), is_typed.then_some(("q", text))),
            text: renderer.text(&format!("search.tab.{}", about.id()), &[]),
            current: about == here,
            count: match (is_typed, about == here) {
                (false, _) => None,
                (true, true) => found_here,
                (true, false) => {
                    let request = Request { about, query: Words::about(about, text), ..Request::default() };
                    index::search(&renderer.platform, caller.scope(), &request).await.map(|page| page.total).ok()
                }
            },
        },
    );
    join_all(tabs).await
}
