//! Signing in and out, setting an installation up, and what comes first after that.

mod ask;
mod link;
mod provider;
mod set_up;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::with_token_rate;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;

/// The routes.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limited = Pages::new()
        .get("/sign-in/provider/{provider}", provider::start)
        .post("/sign-in/provider/{provider}", provider::start)
        .get("/sign-in/callback", provider::end)
        .post("/sign-in", ask::mail)
        .post("/sign-in/password", ask::password)
        .get("/sign-in/{secret}", link::show)
        .post("/sign-in/{secret}", link::enter)
        .post("/sign-in/{secret}/again", link::again)
        .get("/set-up/{secret}", set_up::show)
        .post("/set-up/{secret}", set_up::set_up);
    Pages::new()
        .get("/", link::home)
        .get("/sign-in", ask::show)
        .get("/sign-in/sent", ask::sent)
        .post("/sign-out", link::sign_out)
        .get("/signed-out", provider::signed_out)
        .get("/welcome", set_up::welcome)
        .merge(with_token_rate(limited, &platform.config))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::Onward>(),
        sampled::<views::ProviderRefused>(),
        sampled::<views::SignedOut>(),
        sampled::<views::SignInPage>(),
        sampled::<views::Sent>(),
        sampled::<views::Link>(),
        sampled::<views::SetUpPage>(),
        sampled::<views::Welcome>(),
    ]
}
