//! What a page loads before it shows: on the server while it is rendered, in the browser when it is navigated to.

use crate::error::AppError;
use crate::ui::{AtOnce as _, ErrorView};
use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// The data of a page, or why there is none. The first answer waits for it, so that it stands in the HTML and can set the
/// status. It is kept as JSON and read where it is shown: so the browser has one piece of code for waiting, and one for
/// reading each type, which the answers of server functions are read by too.
#[derive(Debug)]
pub struct PageData<T, R> {
    json: Resource<String, FromToStringCodec>,
    content: PhantomData<fn() -> Result<T, R>>,
}

impl<T, R> Clone for PageData<T, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, R> Copy for PageData<T, R> {}

type Loading<V> = Pin<Box<dyn Future<Output = V> + Send>>;

/// Loads a page's data anew whenever `subject` changes.
pub fn page_data<T, R, L>(
    subject: impl Fn() -> String + Send + Sync + 'static,
    load: impl Fn(String) -> L + Send + Sync + 'static,
) -> PageData<T, R>
where
    T: Serialize + 'static,
    R: Serialize + 'static,
    L: Future<Output = Result<T, AppError<R>>> + Send + 'static,
{
    let load = move |subject| -> Loading<String> {
        let loading = load(subject);
        // What cannot be written is read as unreachable.
        Box::pin(async move { serde_json::to_string(&loading.await).unwrap_or_default() })
    };
    PageData { json: load_json(Box::new(subject), Box::new(load)), content: PhantomData }
}

fn load_json(
    subject: Box<dyn Fn() -> String + Send + Sync>,
    load: Box<dyn Fn(String) -> Loading<String> + Send + Sync>,
) -> Resource<String, FromToStringCodec> {
    Resource::new_with_options(subject, load, true)
}

impl<T: DeserializeOwned + 'static, R: DeserializeOwned + 'static> PageData<T, R> {
    /// Waits for the data.
    ///
    /// # Errors
    /// Whatever kept it from being loaded.
    pub async fn get(self) -> Result<T, AppError<R>> {
        serde_json::from_slice(self.json.await.as_bytes()).unwrap_or(Err(AppError::Unreachable))
    }

    pub fn refetch(self) {
        self.json.refetch();
    }

    /// Shows the data once it is there, and `waiting` before; a failure is a page of its own. While other data is loaded in
    /// its place it stays.
    pub fn show(self, waiting: fn() -> AnyView, view: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        self.show_or(waiting, view, |error| view! { <ErrorView error/> }.at_once())
    }

    /// As [`Self::show`], with a page of its own for failures.
    pub fn show_or(
        self,
        waiting: fn() -> AnyView,
        view: impl Fn(T) -> AnyView + Send + Sync + 'static,
        failed: fn(AppError<()>) -> AnyView,
    ) -> AnyView {
        let view = Arc::new(view);
        show_when_loaded(
            waiting,
            Arc::new(move || {
                let view = Arc::clone(&view);
                Box::pin(async move {
                    match self.get().await {
                        Ok(data) => view(data),
                        Err(error) => failed(error.kind()),
                    }
                })
            }),
        )
    }
}

fn show_when_loaded(waiting: fn() -> AnyView, view: Arc<dyn Fn() -> Loading<AnyView> + Send + Sync>) -> AnyView {
    view! { <Transition fallback=waiting>{move || Suspend::new(view())}</Transition> }.at_once()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::cart::CartRefusal;

    #[test]
    fn a_failure_keeps_its_kind_on_the_way_into_the_page() {
        let refused: Result<u32, AppError<CartRefusal>> = Err(AppError::Refused(CartRefusal::OutOfStock { available: 2 }));
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(serde_json::from_slice::<Result<u32, AppError<CartRefusal>>>(json.as_bytes()).unwrap(), refused);
    }
}
