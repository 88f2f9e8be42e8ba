package site

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// A route is a pattern, what serves it, and how it is checked that it shows
// nobody what they may not see: Surface names the part of the visibility test
// that covers it, or says why there is nothing to see.
type route struct {
	Pattern string
	Surface string
	Serve   web.Func
}

// nothing marks routes that show no content.
const nothing = "none: "

// routes returns the pages. Patterns are without the language's prefix.
func (s *Site) routes() []route {
	pages := []route{
		{"GET /{$}", "home", s.home},
		{"GET /categories", "categories", s.categories},
		{"GET /categories/{slug}", "category", s.category},
		{"GET /articles/{slug}", "article", s.article},
		{"GET /articles/{slug}/calendar", "calendar", s.calendar},
		{"POST /articles/{slug}/feedback", "feedback form", s.rate},
		{"GET /articles/{slug}/suggestion", "article", s.suggestion},
		{"POST /articles/{slug}/suggestion", "feedback form", s.suggest},
		{"GET /search", "search", s.search},
		{"POST /search", nothing + "leads back", s.judgeAnswer},
		{"GET /search/suggestions", "suggestions", s.suggestions},
		{"GET /search/out", nothing + "leads where search.Followed does, which the authorization matrix has", s.searchOut},
		{"GET /media/{name}", "media", s.media},
		{"GET /feed.atom", "feed", s.feed},
		{"GET /sitemap.xml", "sitemap", s.sitemap},
		{"GET /sitemaps/{file}", "sitemap", s.sitemapFile},
		{"GET /robots.txt", nothing + "fixed text", s.robots},
		{"POST /locale", nothing + "sets a cookie", s.switchLocale},
		{"GET /promotions/{id}", "promotion", s.followOffer},
		{"POST /promotions/{id}/dismissal", nothing + "leads back", s.dismissOffer},
		{"GET /contact", nothing + "fixed text", s.contact},
		{"GET " + waysInPath, nothing + "names of providers", s.chooseWayIn},
		{"POST /sign-out", nothing + "ends a session", s.signOut},
	}
	pages = append(pages, s.ownRoutes()...)
	pages = append(pages, s.followingRoutes()...)
	pages = append(pages, s.printRoutes()...)
	pages = append(pages, s.noticeRoutes()...)
	pages = append(pages, s.owningRoutes()...)
	pages = append(pages, s.courseRoutes()...)
	pages = append(pages, s.caseRoutes()...)
	pages = append(pages, s.peopleRoutes()...)
	pages = append(pages, s.adminRoutes()...)
	pages = append(pages, s.fieldRoutes()...)
	pages = append(pages, s.roleRoutes()...)
	pages = append(pages, s.layoutRoutes()...)
	pages = append(pages, s.promotionRoutes()...)
	pages = append(pages, s.organisationRoutes()...)
	pages = append(pages, s.privacyRoutes()...)
	pages = append(pages, s.auditRoutes()...)
	pages = append(pages, s.invitationRoutes()...)
	pages = append(pages, append(s.connectionRoutes(), s.retentionRoutes()...)...)
	pages = append(pages, s.guestRoutes()...)
	pages = append(pages, s.deskPages()...)
	if s.cfg.Demo {
		pages = append(pages,
			route{"GET /demo", nothing + "demo people only", s.demo},
			route{"POST /demo/sign-in", nothing + "sets a cookie", s.demoSignIn},
		)
	}
	return pages
}

// ownRoutes are the pages of what is somebody's own.
func (s *Site) ownRoutes() []route {
	return []route{
		{"GET /account", nothing + "one's own", s.signedIn(s.account)},
		{"POST /account", nothing + "one's own", s.signedIn(s.saveAccount)},
		{"GET /account/preferences", nothing + "one's own", s.signedIn(s.preferences)},
		{"POST /account/preferences", nothing + "one's own", s.signedIn(s.savePreferences)},
		{"POST /account/preferences/arrangement", nothing + "one's own", s.signedIn(s.arrange)},
		{"GET /account/saved", "saved", s.signedIn(s.saved)},
		{"POST /search/keep", nothing + "leads back", s.signedIn(s.keepSearch)},
		{"POST /articles/{slug}/keep", "keep form", s.signedIn(s.keep)},
		{"GET /account/addresses", nothing + "one's own, and one's own organisation's", s.signedIn(s.addresses)},
		{"POST /account/addresses", nothing + "one's own, and one's own organisation's", s.signedIn(s.saveAddress)},
		{"GET /account/sessions", nothing + "one's own", s.signedIn(s.sessionList)},
		{"POST /account/sessions/end", nothing + "one's own", s.signedIn(s.endSession)},
		{"GET /account/feeds", "private feeds", s.signedIn(s.feedList)},
		{"POST /account/feeds", nothing + "one's own", s.signedIn(s.makeFeed)},
		{"POST /account/feeds/{id}/end", nothing + "one's own", s.signedIn(s.endFeed)},
		{"GET " + feedsPath + "{token}", "private feeds", s.ownFeed},
		{"POST /account/view/end", nothing + "goes back to oneself", s.signedIn(s.endView)},
	}
}

// invitationRoutes are the pages of those who are invited and of those who
// invite, where people can sign in at all.
func (s *Site) invitationRoutes() []route {
	if !s.invites() {
		return nil
	}
	writes := func(serve web.Func) web.Func { return s.permitted(profile.PermissionDirectoryWrite, serve) }
	return []route{
		{"GET /invitations/{token}", nothing + "what the invitation is to", s.invitation},
		{"POST /invitations/{token}", nothing + "what the invitation is to", s.acceptInvitation},
		{"GET /invitations/{token}/joined", nothing + "leads on", s.afterJoining},
		{"POST /account/organisation/invitations", nothing + "one's own organisation", s.organised(s.invite)},
		{"POST /account/organisation/invitations/{id}/revoke", nothing + "leads back", s.organised(s.revokeInvitation)},
		{"GET /admin/invitations", nothing + "invitations, to those who may change the directory", writes(s.invitationDesk)},
		{"POST /admin/invitations", nothing + "invitations, to those who may change the directory", writes(s.inviteAnybody)},
		{"POST /admin/invitations/{id}/revoke", nothing + "leads back", writes(s.revokeAnybody)},
	}
}

// connectionRoutes are the pages of those who let other programs in.
func (s *Site) connectionRoutes() []route {
	writes := func(serve web.Func) web.Func { return s.permitted(profile.PermissionDirectoryWrite, serve) }
	return []route{
		{"GET /admin/connections", nothing + "connections, to those who may change the directory", writes(s.connections)},
		{"POST /admin/connections", nothing + "connections, to those who may change the directory", writes(s.makeConnection)},
		{"POST /admin/connections/{id}/renew", nothing + "connections, to those who may change the directory", writes(s.surely("/admin/connections", s.renewConnection))},
		{"POST /admin/connections/{id}/end", nothing + "leads back", writes(s.endConnection)},
	}
}

// peopleRoutes are the pages of those who look after others.
func (s *Site) peopleRoutes() []route {
	reads := func(serve web.Func) web.Func { return s.permitted(profile.PermissionDirectoryRead, serve) }
	return []route{
		{"GET /admin/people", nothing + "people, to those who may see the directory", reads(s.peopleList)},
		{"GET /admin/people/{id}", nothing + "a person, to those who may see the directory", reads(s.personPage)},
		{"POST /admin/people/{id}", nothing + "a person, to those who may see the directory", reads(s.savePersonPage)},
		{"POST /admin/people/{id}/sessions/end", nothing + "leads back to the person", reads(s.signOutPerson)},
		{"POST /admin/people/{id}/view", nothing + "leads to the home page", reads(s.viewPerson)},
	}
}

// organisationRoutes are the pages of those who look after their organisation.
func (s *Site) organisationRoutes() []route {
	return []route{
		{"GET /account/organisation", nothing + "one's own organisation", s.organised(s.organisation)},
		{"POST /account/organisation", nothing + "one's own organisation", s.organised(s.saveOrganisation)},
		{"GET /account/organisation/people/{id}", nothing + "somebody of one's own organisation", s.organised(s.member)},
		{"POST /account/organisation/people/{id}", nothing + "somebody of one's own organisation", s.organised(s.saveMember)},
		{"POST /account/organisation/people/{id}/disable", nothing + "leads back", s.organised(s.disableMember)},
		{"POST /account/organisation/people/{id}/enable", nothing + "leads back", s.organised(s.enableMember)},
	}
}

// privacyRoutes are the pages on which people decide what is known of them.
func (s *Site) privacyRoutes() []route {
	return []route{
		{"GET /account/privacy", nothing + "one's own", s.signedIn(s.privacy)},
		{"POST /account/privacy/consents", nothing + "one's own", s.signedIn(s.saveConsent)},
		{"POST /account/privacy/export", nothing + "one's own", s.signedIn(s.surely("/account/privacy", s.export))},
		{"GET /account/confirm", nothing + "fixed text", s.signedIn(s.confirm)},
		{"POST /account/confirm", nothing + "leads back", s.signedIn(s.confirmDemo)},
		{"GET /account/privacy/delete", nothing + "one's own", s.signedIn(s.deletion)},
		{"POST /account/privacy/delete", nothing + "one's own", s.signedIn(s.deleteAccount)},
		{"GET /goodbye", nothing + "fixed text", s.goodbye},
	}
}

// openPages builds the handler: pages, the API, and what watches over both.
func (s *Site) openPages(context.Context) (err error) {
	if s.views, err = loadViews(s); err != nil {
		return err
	}
	pages := http.NewServeMux()
	for _, r := range s.routes() {
		pages.Handle(r.Pattern, web.Handler(s.cfg.Log, r.Serve))
	}
	pages.Handle("/", web.Handler(s.cfg.Log, s.elsewhere))
	root := http.NewServeMux()
	root.Handle("/", s.withVisit(s.withStay(pages)))
	root.Handle("/static/", s.static())
	root.Handle(stylePrefix, http.StripPrefix(stylePrefix, s.arranger.StyleHandler()))
	s.mountSignIn(root)
	root.Handle(scimPrefix+"/", http.StripPrefix(scimPrefix, s.scim))
	s.mountAPI(root)
	s.mountHealth(root)
	if s.announcer != nil {
		root.Handle("GET "+s.announcer.KeyPath(), s.announcer)
	}
	s.handler, err = s.guard(root)
	return err
}

// guard puts around everything what a server on the open internet needs.
func (s *Site) guard(next http.Handler) (http.Handler, error) {
	sameOrigin, err := web.CrossOrigin()
	if err != nil {
		return nil, err
	}
	limiter := web.NewLimiter(web.Rate{Events: 600, Per: time.Minute, Burst: 200}, nil)
	for _, around := range []func(http.Handler) http.Handler{
		compressed,
		profile.Middleware(profile.AuthenticatorFunc(s.onBrand(s.authenticate)), &profile.MiddlewareOptions{
			Logger: s.cfg.Log, Refused: s.refusedSession(), ViewerMay: s.viewerMay, Audit: s.audit, Opens: s.opens,
		}),
		s.withTraffic,
		s.exceptProviders(sameOrigin),
		web.Timeout(s.cfg.timeout),
		web.RateLimit(limiter, limited),
		s.maxBodies,
		web.SecurityHeaders(&web.HeaderOptions{Frames: s.library.FrameOrigins()}),
		web.Recover(s.cfg.Log),
		web.Access(s.cfg.Log, s.observe),
		web.ErrorPages(s.errorPage),
		web.ClientIP(s.cfg.Proxies),
		web.RequestID(s.cfg.Proxies),
	} {
		next = around(next)
	}
	return next, nil
}

// exceptProviders lets the forms of providers past what refuses those of other
// sites.
func (s *Site) exceptProviders(around func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		guarded := around(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s.fromProvider(r) {
				next.ServeHTTP(w, r)
				return
			}
			guarded.ServeHTTP(w, r)
		})
	}
}

// limited returns whom a request counts against: its address. Files of the
// interface and questions of machines count against nobody.
func limited(r *http.Request) string {
	switch p := r.URL.Path; {
	case strings.HasPrefix(p, "/static/"), p == "/healthz", p == "/readyz":
		return ""
	}
	return web.LimitKey(web.ClientIPFrom(r))
}

// elsewhere answers paths that no page has: an old address leads on, anything
// else is not found.
func (s *Site) elsewhere(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return profile.ErrNotFound
	}
	// An old address may have had a language of its own in front, and may have
	// led elsewhere without it.
	paths := []string{v.Path, v.link(v.Path)}
	if v.Prefix {
		slices.Reverse(paths)
	}
	for _, path := range paths {
		ref, err := s.library.Redirect(r.Context(), v.By, path, string(v.Wanted))
		if err != nil {
			continue
		}
		if v.Prefix || ref.Locale == "" {
			ref.Asked = string(v.Wanted)
		}
		http.Redirect(w, r, s.path(ref), http.StatusMovedPermanently)
		return nil
	}
	if strings.HasSuffix(v.Path, "/") && len(v.Path) > 1 {
		http.Redirect(w, r, v.link(strings.TrimRight(v.Path, "/")), http.StatusMovedPermanently)
		return nil
	}
	return profile.ErrNotFound
}
