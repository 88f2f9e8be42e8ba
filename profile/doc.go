// Package profile knows who is asking: people and organisations, what they may
// do, which segments they belong to and what they may see.
//
// # Actors
//
// An [Actor] is whoever a call is made for. The host's [Authenticator] makes one
// for every request, usually with [Directory.Actor], and [Middleware] puts it
// into the context for handlers. Everything below a handler takes it as a
// parameter: forgetting it does not compile.
//
// Nothing about an actor is remembered from one request to the next, and open
// streams ask again every second with [Recheck]. Removing or disabling a person,
// or taking a role away, takes effect at once and everywhere.
//
// # Permissions
//
// A [Permission] is something an actor may do, and a [Policy] the one table that
// says which roles permit what. A team makes roles of its own besides
// ([CustomRole]), out of the catalogue of what each capability registers
// ([PermissionInfo]); what they permit is resolved into the actor, so that every
// Policy counts it. Nobody can give what they lack: see [Directory.MayGrant].
//
// # Audiences
//
// An [Audience] says who may see a piece of content, and the empty one is
// nobody. It is a list of terms, any of which is enough; a term is the name of a
// segment, or several of them that are all needed. What lies within something
// else is seen by both audiences at most ([Audience.And]).
//
// [Actor.Sight] compiles an actor once into the predicate that decides what
// they may see, in Go, in SQL and in a search index. Nothing is ever filtered
// after it has been found, counted or ranked.
//
// # Segments
//
// Some segments are built in: public, signed-in, staff, and one for each person
// ("person:ann"), account ("account:acme") and role ("role:agent"). All others
// are a [Rule] over what is known of a person, kept in the directory and decided
// for every request. A segment that rests on what people say of themselves or
// do, their language or their visits, chooses what is shown first and opens
// nothing ([Rule.Declared]).
//
// # Signing in
//
// The library keeps no passwords: the host or an identity provider knows who
// somebody is. A host with sessions of its own writes an [Authenticator]. For
// others, [Sessions] remember in the store who signed in where, so that a
// sign-in can be listed, revoked, and ended by the provider that vouched for it.
//
// [Identities] say who the people of the directory are at a provider of
// identities. Nothing but such a link makes somebody who signs in there a person
// here, and least of all the same address. Package oidcprofile signs in with
// OpenID Connect; what must happen once only, on whichever instance, is kept in
// a [OnceStore].
//
// # Preferences, consents and shelves
//
// Everybody decides how the portal looks and writes to them ([Preferences]),
// what it may do with what it knows of them ([Consent]), and what it puts aside
// for them to come back to ([ShelfItem]): favourites, saved searches, what they
// viewed and what they follow. [Quiet.Until] and [Digest.Next] say when somebody
// may be written to by their own clock. A shelf is nobody else's to see, whatever
// they are permitted.
//
// # Notices
//
// A [Notifier] tells people what happened: [Notifier.Notify] says what and to
// whom, and each hears of it in the centre of the portal and through the
// channels that they chose, in their language, at once or in a digest, and not
// in their quiet hours. A [Notice] holds nothing of what it is about. The
// [Resolver] of its kind reads that as the recipient may read it at the moment,
// each time that it is shown or sent. A [Channel] has one method to send; there
// are mailprofile, pushprofile, smsprofile and webhookprofile, and
// profiletest.TestChannel for others.
//
// # Privacy
//
// Whatever keeps something about people is a [Keeper]: the Directory itself, and
// each capability and table of the host's that is registered with
// [Directory.Register]. [Directory.Export] hands everything over as one document,
// [Directory.EraseEverything] has all of them forget. Proof that a Keeper forgets
// is profiletest.TestKeeper, and profiletest.Census that nothing is left in a
// database.
//
// # HTTP
//
// [NewHandler] serves all of this as JSON. What people may do is decided by the
// types above, over HTTP as elsewhere; what cannot be undone or lets others in
// takes a proof of who they are besides.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden], [ErrInvalid] or [ErrUnavailable]. What an actor
// may not see is ErrNotFound. ErrInvalid tells which fields are wrong.
//
// # Stores
//
// Subpackages provide stores: memprofile in memory, sqlprofile in PostgreSQL and
// SQLite.
//
// # Writing an adapter
//
// A team whose people live in a CRM or a directory service implements [Store],
// which has ten methods and no rules, and proves it with
// profiletest.TestStore. One that only wants its own users to sign in needs no
// store at all: an [Authenticator] may return an [Actor] from anywhere.
package profile
