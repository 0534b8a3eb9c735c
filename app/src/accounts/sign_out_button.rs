use super::api;
use crate::routes;
use crate::t;
use crate::ui::Button;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Signs out by a plain form: afterwards nothing of the account may stay on the page, so it is loaded anew.
#[component]
pub fn SignOutButton() -> impl IntoView {
    view! {
        <form method="post" action=routes::to(api::SignOut::PATH)>
            <Button>{t::accounts::sign_out()}</Button>
        </form>
    }
}
