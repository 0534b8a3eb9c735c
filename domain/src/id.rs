//! Every typed id of the shop in one registry, so that features can point at each other without importing each other.
//! Ids are UUIDv7, made on the server only; a slug never parses as one (see [`crate::catalog::Slug`]).

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema), schema(value_type = uuid::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A person who can sign in.
    UserId,
    /// One signed-in browser.
    SessionId,
    /// Whoever buys: an account's buyer, or a guest's.
    BuyerId,
    /// A kept address.
    AddressId,
    CategoryId,
    ProductId,
    VariantId,
    ImageId,
    SellerId,
    /// What stock is held of: a variant today.
    StockItemId,
    WarehouseId,
    ReservationId,
    /// One way to ship one seller's goods, as offered at checkout.
    ShippingRateId,
    CouponId,
    CartId,
    OrderId,
    /// One seller's part of an order.
    SellerOrderId,
    OrderLineId,
    /// The payment of an order; its attempts are tries to pay it.
    PaymentId,
    AttemptId,
    RefundId,
    ShipmentId,
    LedgerAccountId,
    LedgerTransferId,
    JobId,
}
