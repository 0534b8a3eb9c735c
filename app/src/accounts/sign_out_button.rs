use super::api;
use crate::ui::Button;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Signs out by a plain form: afterwards nothing of the account may stay on the page, so it is loaded anew.
#[component]
pub fn SignOutButton() -> impl IntoView {
    view! {
        <form method="post" action=api::SignOut::PATH>
            <Button>"Sign out"</Button>
        </form>
    }
}
