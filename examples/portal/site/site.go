// Package site is the reference portal: every capability of the library wired
// together, with pages. Each file wires one thing and nothing clever happens in
// it. Read it as a manual, and copy from it what fits.
package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/promanalytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/sqlassets"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/journey"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/pushprofile"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/smsprofile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
	"github.com/stoa-go/stoa/profile/webhookprofile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/filetext"
	"github.com/stoa-go/stoa/search/learning"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/semantic"
	"github.com/stoa-go/stoa/search/seo"
	"github.com/stoa-go/stoa/search/sqlsearch"
)

// A Site is a portal. Make one with [Open], serve its Handler, and call Run for
// what goes on behind it.
type Site struct {
	cfg       Config
	folder    io.Closer // keeps the data folder for this portal alone
	db        *database
	catalog   *i18n.Catalog
	languages languages
	policy    profile.Policy
	people    *profile.Directory
	audit     *audit.Log
	held      func(context.Context) ([]string, error) // of whom nothing may be removed
	holds     *retention.Holds                        // whose data must not go yet
	schedule  *retention.Schedule                     // how long things are kept
	visits    *analytics.Visits
	learned   *learning.Model    // which documents answered which questions
	learner   *learning.Follower // what teaches it
	solved    *learning.Solved   // which documents solved which questions
	meaning   *semantic.Store    // finds by meaning, nil without a service that embeds
	ledger    *analytics.Ledger
	events    analytics.Recorder // the ledger, counted
	journey   *journey.Journey   // what people do, for segments
	gauges    *promanalytics.Metrics
	articles  kb.Store
	types     []kb.Type // of content; nil means the library's
	redactor  kb.Redactor
	library   *kb.Library
	mirror    *importkb.Mirror // of a folder, nil without one
	sources   []external       // what is searched elsewhere
	imports   *importJobs
	processes processFile // what it takes to publish
	school    *courses.School
	helpdesk  *cases.Desk      // where customers ask people
	casework  cases.Config     // how the team works on what they ask
	announcer *seo.IndexNow    // tells search engines of changes, nil without one
	analyst   *insight.Analyst // of how articles do
	reporter  *report.Reporter // of how searches do
	index     search.Index
	engine    *search.Engine
	world     demo.World
	views     *views
	memory    memory
	stays     *stays
	homes     *homes // brands that people were on last
	secret    []byte // what page tokens are signed with
	directory *profile.Handler
	sessions  *profile.Sessions
	keeping   *sqlprofile.Store
	linking   *profile.Links
	inviting  *profile.Invitations
	known     *profile.Identities // who people are elsewhere
	things    *sqlassets.Store
	inventory *assets.Inventory    // of what customers have
	post      profile.Channel      // what mails go out by, nil without one
	waysIn    []wayIn              // identity providers
	connected *profile.Connections // other programs that are let in
	scim      http.Handler
	streams   *web.Slots // those that are open
	viewings  chan viewing
	erased    chan struct{} // somebody was, see followErasures
	notifier  *profile.Notifier
	bounces   *profile.Bounces
	push      *pushprofile.Channel        // nil without one
	hooks     *webhookprofile.Channel     // nil without one
	phones    *smsprofile.Phones          // of people, nil where no text messages go out
	located   atomic.Pointer[located]     // whether there is a page of addresses
	lookup    *profile.Addresses          // of postal addresses, nil without one
	tongues   map[string]*i18n.Negotiator // of brands with languages of their own, by ID
	declared  *layout.Site                // what the portal consists of
	arranger  *layout.Arranger
	metrics   *prometheus.Registry
	handler   http.Handler
}

// Open sets up a portal: its database, its index and, in demo mode, its
// content. Close it in the end.
func Open(ctx context.Context, cfg Config) (*Site, error) {
	cfg.defaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Site{
		cfg: cfg, stays: newStays(), homes: newHomes(), metrics: prometheus.NewRegistry(), streams: web.NewSlots(streamsEach, streamsInAll), viewings: make(chan viewing, mostViewings), erased: make(chan struct{}, 1),
	}
	for _, step := range []func(context.Context) error{
		s.openLanguages, s.readSite, s.readProcesses, s.readTypes, s.readCases, s.readPatterns, s.openFolder, s.openStores, s.openLayout, s.openSignIn, s.openConnections, s.openLibrary, s.openMirror, s.openImports, s.openNotices, s.openCourses, s.openCases, s.openReports, s.openInsight, s.openRetention, s.openAddresses, s.openAnnouncing, s.seed, s.learnLanguages, s.openSources, s.openSearch, s.openPages,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *Site) openFolder(context.Context) (err error) {
	// What people wrote and searched for is in it.
	if err := os.MkdirAll(s.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	s.folder, err = lockFolder(s.cfg.Data)
	return err
}

func (s *Site) openStores(ctx context.Context) (err error) {
	if s.db, err = openDatabase(ctx, s.cfg); err != nil {
		return err
	}
	secret, err := s.db.secret(ctx)
	if err != nil {
		return err
	}
	s.secret, s.memory = secret, newMemory(secret)
	events := sqlanalytics.New(s.db.write).WithReader(s.db.read)
	s.visits = analytics.NewVisits(&analytics.VisitOptions{Salts: events, Now: s.cfg.Now, Logger: s.cfg.Log})
	if err := s.openMetrics(events); err != nil {
		return err
	}
	s.openJourney()
	s.keeping = sqlprofile.New(s.db.write)
	s.policy = profile.DefaultPolicy()
	if err := s.openAssets(); err != nil {
		return err
	}
	s.openAudit()
	s.people = profile.NewDirectory(s.keeping, &profile.Options{
		Policy: s.policy, Audit: s.audit, Facts: profile.JoinFacts(s.journey), Owned: s.inventory.Facts(),
		Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Secret: secret, Titles: profile.TitlesFunc(s.titles), Erased: s.noteErased,
	})
	if err := s.registerPermissions(); err != nil {
		return err
	}
	s.sessions = profile.NewSessions(s.keeping, s.people, &profile.SessionOptions{
		Cookie: sessionCookie, Secure: s.secure(), Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Besides: s.endFeeds,
	})
	s.people.Register(profile.EventKeeper(s.ledger, events), s.audit.Keeper(), s.journey.Keeper(), assets.Keeper(s.things), s.brandKeeper())
	s.known = profile.NewIdentities(s.keeping, s.people, s.sessions)
	s.openInvitations()
	return nil
}

func (s *Site) openLibrary(ctx context.Context) error {
	s.articles = sqlkb.New(s.db.write).WithReader(s.db.read)
	files, err := s.openFiles(ctx)
	if err != nil {
		return err
	}
	scanner, err := s.cfg.scanner()
	if err != nil {
		return err
	}
	var checker *http.Client
	if s.cfg.CheckLinks {
		checker = outbound.NewClient(nil)
	}
	s.library = kb.NewLibrary(s.articles, &kb.Options{
		Checker: checker,
		Files:   files, ReadText: filetext.Extract, Scanner: scanner, Audit: s.audit,
		Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Secret: s.secret,
		Locales: s.cfg.Locales, Choose: s.choose, Path: s.path, SlugAt: s.slugAt, Word: s.word, Types: s.types, Redactor: s.redactor,
		Process: s.processOf, Actor: s.actorOf, Lessons: s.lessonsTo,
		Notify: func(ctx context.Context, o profile.Occurrence) error { return s.notifier.Notify(ctx, o) },
		Held:   func(ctx context.Context) ([]string, error) { return s.held(ctx) },
	})
	s.people.Register(s.library.Keeper())
	return nil
}

func (s *Site) openSearch(ctx context.Context) error {
	index, err := s.openIndex(ctx)
	if err != nil {
		return err
	}
	s.index = index
	if s.cfg.wrapIndex != nil {
		s.index = s.cfg.wrapIndex(s.index)
	}
	s.openLearning()
	kept := sqlsearch.New(s.db.write).WithReader(s.db.read)
	sources := slices.Clip(s.searched())
	if err := s.openMeaning(sources); err != nil {
		return err
	}
	s.engine = search.NewEngine(s.index, &search.Options{
		Sources: append(sources, s.helpdesk.Source()), Sight: s.helpdesk.Sight, Locale: s.readersLocale, Events: s.events, Secret: s.secret,
		Now: s.cfg.Now, Logger: s.cfg.Log, Fallback: s.fallback, Tuning: kept, Trials: kept, Asked: s.asked, Policy: s.policy,
		Signals: learning.Together(s.learned.Signals, s.solved.Signals), Leanings: s.newLeanings(), Brand: brandHere, Semantic: s.neighbours(),
	})
	s.people.Register(s.engine.Keeper())
	return s.watchSearch()
}

// Import takes articles into the library, as an administrator of the system.
// Of several instances on one database, one imports at a time.
func (s *Site) Import(ctx context.Context, b kb.Bundle, progress func(done, total int)) (report kb.ImportReport, err error) {
	err = s.db.alone(ctx, aloneImport, func(ctx context.Context) error {
		report, err = s.library.Import(ctx, system, b, &kb.ImportOptions{Progress: progress})
		return err
	})
	return report, errors.Join(err, s.learnLanguages(ctx))
}

// system is who acts when the portal itself does something.
var system = profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}

// Run does what goes on behind the pages, until ctx is done: it keeps the index
// fresh and writes events down.
func (s *Site) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.engine.Run(ctx) })
	g.Go(func() error { return s.learner.Run(ctx) })
	g.Go(func() error { return s.solved.Run(ctx) })
	g.Go(func() error { return s.keepMeaning(ctx) })
	g.Go(func() error { return s.ledger.Run(ctx) })
	g.Go(func() error { return s.sessions.Run(ctx) })
	g.Go(func() error { return s.linking.Run(ctx) })
	g.Go(func() error { return s.noteViewings(ctx) })
	g.Go(func() error { return s.notifier.Run(ctx) })
	g.Go(func() error { return s.arranger.Run(ctx) })
	g.Go(func() error { return s.schedule.Run(ctx) })
	g.Go(func() error { return s.tellFollowers(ctx) })
	g.Go(func() error { return s.announce(ctx) })
	g.Go(func() error { return s.followLanguages(ctx) })
	g.Go(func() error { return s.followErasures(ctx) })
	g.Go(func() error { return s.library.Run(ctx) })
	g.Go(func() error { return s.runMirror(ctx) })
	g.Go(func() error { return s.runSources(ctx) })
	g.Go(func() error { return s.imports.run(ctx) })
	g.Go(func() error { return s.school.Run(ctx) })
	g.Go(func() error { return s.analyst.Run(ctx) })
	g.Go(func() error { return s.reporter.Run(ctx) })
	return g.Wait()
}

// Handler serves the portal.
func (s *Site) Handler() http.Handler { return s.handler }

// Close releases the index, the database and the folder.
func (s *Site) Close() error {
	var err error
	if s.index != nil {
		err = s.index.Close()
	}
	err = errors.Join(err, s.closeSources())
	if s.db != nil {
		err = errors.Join(err, s.db.close())
	}
	if s.folder != nil {
		err = errors.Join(err, s.folder.Close())
	}
	return err
}
