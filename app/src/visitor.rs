//! What is personal on pages that are the same for everyone: the visitor's name and cart. The browser asks for it once it
//! runs; without script the links lead to pages that show it.

use crate::cart::CartStore;
use crate::error::AppError;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// Who is looking, as far as the header needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    name: RwSignal<Option<String>>,
}

impl Visitor {
    pub(crate) fn provide() {
        let visitor = Visitor { name: RwSignal::new(None) };
        provide_context(visitor);
        // Effects run in the browser only, after the page was taken over.
        Effect::new(move |_| visitor.refresh());
    }

    /// The name of the signed-in visitor; none for guests, and until the answer is there.
    pub fn name(self) -> Option<String> {
        self.name.get()
    }

    /// Asks again: call it where somebody has signed in or out, or a cart has become an order.
    pub fn refresh(self) {
        let cart = use_context::<CartStore>();
        let asked_at = cart.map(CartStore::stamp).unwrap_or_default();
        spawn_local(async move {
            // Without an answer the header stays as it is for guests; the pages behind its links tell what is wrong.
            if let Ok(greeting) = greet().await {
                self.name.try_set(greeting.name);
                if let Some(cart) = cart {
                    cart.accept_count_since(asked_at, greeting.count);
                }
            }
        });
    }
}

/// The visitor of this page.
pub fn use_visitor() -> Visitor {
    use_context().unwrap_or_else(|| Visitor { name: RwSignal::new(None) })
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Greeting {
    name: Option<String>,
    /// Units in the cart.
    count: u32,
}

/// What the header shows. A cart that cannot be had now counts as empty here: its page says why.
#[server(prefix = "/sf", endpoint = "cart/greet", input = leptos::server_fn::codec::Json)]
pub(crate) async fn greet() -> Result<Greeting, AppError<NoRefusal>> {
    let mut ctx = crate::context::context()?;
    // Counting is not looking: the cart keeps the currency it is in.
    ctx.caller.market = None;
    let name = ctx.user().map(|user| user.name.clone());
    let count = backend::cart::view(&ctx).await.map(|cart| cart.count()).unwrap_or_default();
    Ok(Greeting { name, count })
}
