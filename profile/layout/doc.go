// Package layout shows each visitor a portal in their order: menus, categories,
// the blocks of a page, promotions and the look, declared once and arranged by
// rule and by use.
//
// # Declaring
//
// A [Site] says what there is: menus of items, pages with slots of blocks, theme
// tokens, brands. It comes from Go values or, with [Load], from one JSON file
// that is read strictly; [Site.Check] says everything that is wrong with it, each
// with its place and what to do. Items and blocks have an audience, which is a
// right: whoever is not in it sees, counts and guesses nothing of them. Beside it
// they may be meant for segments, which only spares others what is of no use to
// them.
//
// # Arranging
//
// An [Arranger] arranges a site for a [Visit]. Administrators write a [Rule] to
// promote, demote, hold or hide something for some segments; what a person uses
// often comes to the front by itself. Both keep to limits that make it
// predictable:
//
//   - Within a visit nothing moves, on whichever instance. A visit goes by the
//     rules that were in force when it began, by the segments that its visitor was
//     in, and by what they used until the day before: all of it is in the store and
//     none of it changes, so that every instance works out the same.
//   - At most three entries of a list move. All others stand in the order in
//     which they were declared, and what is pinned stays where it is.
//   - What moved says why ([Reason]), for pages to show.
//   - [Arranger.Reset] puts everything back at once, and [Arranger.Personal]
//     switches it off.
//   - A share of visitors may be left out ([Options.Holdout]), to tell what the
//     arrangement brings about: [Layout.Arm] goes into their events.
//
// The use of anonymous visitors is not kept, so that only rules arrange for them.
//
// # Promotions
//
// A [Promotion] stands in a slot for those whom it is meant for, for a time, in
// so many visits of a person and of a day, and never again after it was dismissed.
// A share of people may never see it. What is shown, withheld, clicked and
// dismissed is recorded as events promotion.shown, promotion.withheld,
// promotion.clicked and promotion.dismissed.
//
// # Themes
//
// A [Theme] is colours, fonts and measures by the name of their token, over those
// of [DefaultTheme]. Each pair of tokens that stand on one another is held to the
// contrast of WCAG 2.2 in light, dark and both with more contrast; a pair that
// fails is named with its ratio and the nearest colour that would pass.
// [Theme.Stylesheet] is a file of custom properties that a strict content
// security policy allows, since nothing but colours, numbers and checked names
// can get into it. Load it after the style sheets that use the tokens.
//
// # Privacy
//
// Of a person are kept: counts of what they used by day, for four months; when
// their visits began and which of the segments that the site asks for they were
// in, for three days; which promotions they saw, for 400 days; what they chose.
// [Arranger.Export] and [Arranger.Erase] serve a portal's register of such data.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden], [ErrInvalid] or [ErrUnavailable]. Arranging
// itself has none: without a store everything stands as it was declared.
//
// # Stores
//
// Subpackages provide stores: memlayout in memory, sqllayout in PostgreSQL and
// SQLite.
//
// # Writing an adapter
//
// A team that keeps these things elsewhere implements [Store], which has thirteen
// methods in three parts and no rules, and proves it with layouttest.TestStore.
package layout
