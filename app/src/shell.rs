use crate::App;
use crate::assets::Assets;
use crate::{context, market, t, theme};
use domain::payments::Gateway;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let assets = Assets::of(&options);
    let shade = theme::chosen();
    let language = market::current().language;
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.runs_right_to_left().then_some("rtl") data-theme=shade.map(theme::Shade::name)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content=shade.map_or("light dark", theme::Shade::name)/>
                <link rel="preload" href="/fonts/fraunces.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="preload" href="/fonts/source-sans-3.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href=assets.style_sheet()/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options=options.clone()/>
                <script type="module" nonce=use_nonce()>{assets.boot_script(language)}</script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                // Beside the app and not in it: the browser has nothing to take over here.
                {takes_test_payments().then(|| view! {
                    <aside class="test-payments" aria-label=t::page::test_payments_label()>{t::page::test_payments()}</aside>
                })}
            </body>
        </html>
    }
}

/// Whether the payment sandbox stands in for the gateway; every page of such a shop says so.
fn takes_test_payments() -> bool {
    context::context::<()>().is_ok_and(|context| context.handles.settings.gateway == Gateway::Sandbox)
}
