use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState};

/// Erases a view's type, for views in which nothing is loaded lazily: the browser takes them over in one go. `into_any`
/// would also compile a way to take them over step by step, which is as large again and only the table of routes needs.
pub trait AtOnce {
    fn at_once(self) -> AnyView;
}

impl<T: RenderHtml + Send> AtOnce for T {
    fn at_once(self) -> AnyView {
        Whole(self).into_any()
    }
}

/// Leaves [`RenderHtml::hydrate_async`] at its default, which takes over without waiting.
#[derive(Debug)]
struct Whole<T>(T);

impl<T: Render> Render for Whole<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<T: AddAnyAttr> AddAnyAttr for Whole<T> {
    type Output<NewAttribute: Attribute> = Whole<T::Output<NewAttribute>>;

    fn add_any_attr<NewAttribute: Attribute>(self, attribute: NewAttribute) -> Self::Output<NewAttribute>
    where
        Self::Output<NewAttribute>: RenderHtml,
    {
        Whole(self.0.add_any_attr(attribute))
    }
}

impl<T: RenderHtml> RenderHtml for Whole<T> {
    type AsyncOutput = T::AsyncOutput;
    type Owned = Whole<T::Owned>;

    const MIN_LENGTH: usize = T::MIN_LENGTH;
    const EXISTS: bool = T::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        self.0.resolve()
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(html, position, escape, mark_branches, attributes);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        html: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(html, position, escape, mark_branches, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        Whole(self.0.into_owned())
    }
}
