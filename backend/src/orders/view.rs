//! An order as it is shown.

use super::store::{self, LineRow, MomentRow, OrderRow, PartRow, ShipmentRow};
use crate::Handles;
use domain::country::country;
use domain::id::{OrderId, OrderLineId, PaymentId, SellerOrderId, ShipmentId, VariantId};
use domain::money::{Currency, Money};
use domain::orders::{OrderLineView, OrderStatus, OrderView, SellerOrderView, ShipmentView, TimelineEntry, timeline_event};
use domain::payments::{AttemptError, PaymentStatus, PaymentView};
use domain::pricing::SellerName;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The whole order, whoever asks: callers have checked that. None: there is no such order.
///
/// # Errors
/// When the database fails.
pub async fn view(handles: &Handles, order: OrderId) -> sqlx::Result<Option<OrderView>> {
    let mut db = handles.db.acquire().await?;
    let Some(row) = store::order_row(&mut *db, order).await? else { return Ok(None) };
    let currency = store::currency(&row.currency)?;
    let money = |amount| Money::new(amount, currency);
    let parts = store::part_rows(&mut *db, order).await?;
    let lines = store::line_rows(&mut *db, order).await?;
    let shipments = store::shipment_rows(&mut *db, order).await?;
    let moments = store::moments(&mut *db, order).await?;
    let last_error = if row.status.is_open() { store::last_error(&mut *db, order).await? } else { None };
    Ok(Some(OrderView {
        id: order,
        status: row.status,
        shipping_address: label(&row),
        shipping_country: row.ship_country.clone(),
        subtotal: money(row.subtotal),
        coupon: row.coupon_code,
        discount: money(row.discount),
        shipping: money(row.shipping),
        tax: money(row.tax),
        tax_included: row.tax_included,
        total: money(row.total),
        placed_at: rfc3339(row.placed_at),
        reservation_expires_at: row.expires_at.filter(|_| row.status.is_open()).map(rfc3339),
        timeline: moments.into_iter().filter_map(entry).collect(),
        seller_orders: parts.into_iter().map(|part| part_view(part, &lines, &shipments, currency)).collect(),
        payment: PaymentView {
            id: PaymentId(row.payment_id),
            status: row.payment_status,
            gateway: handles.settings.gateway,
            amount: money(row.total),
            client_secret: row.client_secret.filter(|_| row.status.is_open()),
            publishable_key: handles.settings.publishable_key.clone(),
        },
        last_error: last_error.map(|error| AttemptError {
            code: error.code.unwrap_or_default(),
            message: error.message.unwrap_or_default(),
            retryable: error.retryable,
        }),
        refunds: Vec::new(),
        email: row.email,
        number: store::number(row.number)?,
    }))
}

/// RFC 3339 in UTC, to the second.
pub(super) fn rfc3339(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// The parcel's label. The row was an address once: lines are put together as [`domain::address::Address::lines`] does.
fn label(row: &OrderRow) -> Vec<String> {
    let draft = domain::address::AddressDraft {
        name: row.ship_name.clone(),
        line1: row.ship_line1.clone(),
        line2: row.ship_line2.clone(),
        city: row.ship_city.clone(),
        region: row.ship_region.clone(),
        postal_code: Some(row.ship_postal_code.clone()),
        country: row.ship_country.clone(),
    };
    match domain::address::Address::try_from(draft) {
        Ok(address) => address.lines(),
        // A country that is no longer served still has its old orders.
        Err(_) => {
            let place = format!("{} {}", row.ship_postal_code, row.ship_city);
            let name = country(&row.ship_country).map_or(row.ship_country.clone(), |country| country.name.to_owned());
            let lines = [Some(row.ship_name.clone()), Some(row.ship_line1.clone()), row.ship_line2.clone(), Some(place), Some(name)];
            lines.into_iter().flatten().collect()
        }
    }
}

fn entry(moment: MomentRow) -> Option<TimelineEntry> {
    let event = match moment.kind.as_str() {
        "attempt" => "payment_failed",
        "order" => OrderStatus::ALL.into_iter().find(|status| status.as_str() == moment.state)?.timeline_event(),
        _ => timeline_event(moment.state.parse::<PaymentStatus>().ok()?)?,
    };
    Some(TimelineEntry { at: rfc3339(moment.at), event: event.to_owned() })
}

fn part_view(part: PartRow, lines: &[LineRow], shipments: &[ShipmentRow], currency: Currency) -> SellerOrderView {
    let money = |amount| Money::new(amount, currency);
    SellerOrderView {
        id: SellerOrderId(part.id),
        seller: SellerName { slug: part.seller_slug, name: part.seller_name },
        status: part.status,
        lines: lines.iter().filter(|line| line.part == part.id).map(|line| line_view(line, currency)).collect(),
        shipping_label: part.shipping_label,
        delivery_from: part.delivery_from,
        delivery_to: part.delivery_to,
        goods: money(part.goods),
        shipping: money(part.shipping),
        discount: money(part.discount),
        tax: money(part.tax),
        total: money(part.total),
        shipments: shipments.iter().filter(|shipment| shipment.part == part.id).map(shipment_view).collect(),
    }
}

fn line_view(line: &LineRow, currency: Currency) -> OrderLineView {
    OrderLineView {
        id: OrderLineId(line.id),
        variant_id: line.variant.map(VariantId),
        product_slug: line.product_slug.clone(),
        title: line.title.clone(),
        options: line.options.0.clone(),
        quantity: line.quantity.unsigned_abs(),
        unit_price: Money::new(line.unit_price, currency),
        line_total: Money::new(line.total, currency),
        discount: Money::new(line.discount, currency),
        image: line.image.as_ref().map(|image| image.0.clone()),
    }
}

fn shipment_view(shipment: &ShipmentRow) -> ShipmentView {
    ShipmentView {
        id: ShipmentId(shipment.id),
        carrier: shipment.carrier.clone(),
        tracking_number: shipment.tracking_number.clone(),
        tracking_url: shipment.tracking_url.clone(),
        shipped_at: rfc3339(shipment.shipped_at),
    }
}
