// Package assets knows what customers have: what they bought, what support they
// are entitled to, and which products are installed where, with their warranties.
//
// # Whose things are
//
// Everything has a [Holder]: a person, an organisation, or a person of an
// organisation. What an actor may see is one [Scope], compiled once and applied
// by the store, so that pages, counts and APIs cannot differ:
//
//   - people see what is theirs, as long as it is not of an organisation that
//     they have left;
//   - they see the products and entitlements that their organisation has as a
//     whole, but not what it paid;
//   - with [profile.PermissionHoldingsRead] they see all of their organisation;
//   - with [profile.PermissionAssetsRead] all of everybody.
//
// # Products
//
// Customers register an [Asset] by its serial number, which obeys one of the
// [Model]s. What they type proves little: until somebody who knows has confirmed
// it, by [Options.Confirm] or by hand, it opens no content.
//
// # Entitlements
//
// An [Entitlement] is a support package: how fast, by which channels, for which
// products, and how many hours or cases are left of it. [Inventory.Covers] says
// whether something is covered, and by what; [Inventory.Spend] uses some of it up:
// of two instances that spend the last hour at once exactly one does.
//
// # Facts
//
// [Inventory.Facts] tells a directory what people own, for the rules of segments.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden], [ErrInvalid], [ErrUnsupported], [ErrUnavailable]
// or [ErrTooMany]. What an actor may not see is ErrNotFound.
//
// # Stores
//
// Subpackages provide stores: memassets in memory, sqlassets in PostgreSQL and
// SQLite.
//
// # Writing an adapter
//
// A CRM that knows some of this implements those of the ports in [Ports] that it
// can, the reading ones or the writing ones too, and proves it with the suites in
// package assetstest. A port that does not answer in time is ErrUnavailable, and
// takes nothing else down.
package assets
