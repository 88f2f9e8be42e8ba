package site

import (
	"net/url"
	"strings"
)

// A surface is a way to look. paths returns addresses to get, given an article
// that should not be found there; routes names the patterns and operations that
// the surface covers.
type surface struct {
	name   string
	routes []string
	paths  func(h hidden) []string
}

func fixed(paths ...string) func(hidden) []string { return func(hidden) []string { return paths } }

// gate is the slug of the public article that links to all others.
const gate = "gate-to-everything"

// Words that a reader might search for. Those of the article come last.
func asked(h hidden) []string {
	return []string{"canaries", "ordinary words", canary(h.state, "title"), canary(h.state, "body"), canary(h.state, "tag"), canary(h.state, "field"), canary(h.state, "part"), canary(h.state, "filetext"), "\"heading " + canary(h.state, "body") + "\"", canary(h.state, "title")[:6]}
}

var surfaces = []surface{
	{"home", []string{"GET /{$}"}, fixed("/", "/de/", "/ar/")},
	{"categories", []string{"GET /categories"}, fixed("/categories", "/ja/categories")},
	{"category", []string{"GET /categories/{slug}"}, func(h hidden) []string {
		return []string{"/categories/place-" + canary(h.state, "place"), "/en/categories/place-" + canary("public", "place")}
	}},
	{"article", []string{"GET /articles/{slug}", "GET /articles/{slug}/suggestion"}, func(h hidden) []string {
		return []string{"/articles/" + h.slug, "/en/articles/" + h.slug, "/de/articles/" + h.slug, "/articles/" + h.id, "/articles/" + h.slug + "?thanks=1"}
	}},
	{"calendar", []string{"GET /articles/{slug}/calendar"}, func(h hidden) []string {
		return []string{"/articles/" + h.slug + "/calendar", "/de/articles/" + h.slug + "/calendar"}
	}},
	{"links and related articles", nil, fixed("/articles/"+gate, "/de/articles/"+gate)},
	{"search", []string{"GET /search"}, func(h hidden) []string {
		var out []string
		for _, q := range asked(h) {
			out = append(out, "/search?q="+url.QueryEscape(q), "/search?sort=updated&q="+url.QueryEscape(q))
		}
		return append(out, "/search?q=Gate+to+everything", "/search?product="+canary(h.state, "tag"), "/search?category=place-"+h.state, "/search", "/search?language=en&page=2", "/search?q=zq"+strings.ReplaceAll(h.state, "-", "")+"titlezw")
	}},
	{"suggestions", []string{"GET /search/suggestions"}, func(h hidden) []string {
		return []string{"/search/suggestions?q=" + canary(h.state, "title")[:5], "/search/suggestions?q=about", "/search/suggestions?q=about+zq"}
	}},
	{"media", []string{"GET /media/{name}"}, func(h hidden) []string {
		return []string{"/media/" + canary(h.state, "file") + ".txt", "/media/" + canary(h.state, "picture") + ".svg", "/media/" + canary(h.state, "part") + ".svg"}
	}},
	{"share", []string{"GET /articles/{slug}/share"}, func(h hidden) []string {
		return []string{"/articles/" + h.slug + "/share", "/de/articles/" + h.slug + "/share"}
	}},
	{"shared", []string{"GET /shared"}, fixed("/shared", "/de/shared")},
	{"shared media", []string{"GET /shared/media/{name}"}, func(h hidden) []string { return []string{"/shared/media/" + canary(h.state, "picture") + ".svg"} }},
	{"feed", []string{"GET /feed.atom", "GET /categories/{slug}/feed.atom", "GET /types/{kind}/feed.atom"}, func(h hidden) []string {
		return []string{"/feed.atom", "/de/feed.atom", "/categories/place-" + canary(h.state, "place") + "/feed.atom", "/en/categories/place-" + canary("public", "place") + "/feed.atom", "/types/webinar/feed.atom", "/de/types/how-to/feed.atom"}
	}},
	{"private feeds", []string{"GET /account/feeds", "GET /feeds/{token}"}, func(h hidden) []string {
		return append([]string{"/account/feeds", "/de/account/feeds?of=category/place-" + h.state}, h.feeds...)
	}},
	{"print", []string{"GET /articles/{slug}/print", "GET /categories/{slug}/print"}, func(h hidden) []string {
		return []string{"/articles/" + h.slug + "/print", "/de/articles/" + gate + "/print", "/categories/place-" + canary(h.state, "place") + "/print", "/en/categories/place-" + canary("public", "place") + "/print"}
	}},
	{"type", []string{"GET /types/{kind}"}, fixed("/types/webinar", "/de/types/webinar", "/types/series")},
	{"sitemap", []string{"GET /sitemap.xml", "GET /sitemaps/{file}"}, fixed("/sitemap.xml", "/sitemaps/en-1.xml", "/sitemaps/de-1.xml")},
	{"old address", []string{"/"}, func(h hidden) []string {
		return []string{"/old/" + h.state, "/de/old/" + h.state, "/old/" + h.state + "/"}
	}},
	{"not found", nil, fixed("/nowhere", "/en/articles/nowhere")},
	{"live", nil, func(h hidden) []string { return nil }}, // carries IDs of the listener's own page only
	{"notices", []string{"GET /account/notices", "profile.notices", "profile.notices.unread"}, fixed("/account/notices", "/ja/account/notices", "/api/v1/me/notices", "/api/v1/me/notices/unread")},
	{"saved", []string{"GET /account/saved", "profile.shelf"}, fixed("/account/saved", "/de/account/saved", "/api/v1/me/shelf/favourites", "/api/v1/me/shelf/follows", "/api/v1/me/shelf/viewed")},
	{"owning", []string{
		"GET /account/products", "POST /account/products", "GET /account/products/{id}", "POST /account/products/{id}", "GET /account/purchases", "GET /account/purchases/{id}",
		"GET /account/entitlements", "assets.products", "assets.product", "assets.purchases", "assets.purchase", "assets.entitlements", "assets.entitlement", "assets.cover",
	}, fixed(
		"/account/products", "/account/products/ald-hub-1", "/account/purchases", "/account/purchases/SO-26-0712", "/account/entitlements",
		"/api/v1/products", "/api/v1/products/ald-hub-1", "/api/v1/purchases", "/api/v1/purchases/SO-26-0712", "/api/v1/entitlements", "/api/v1/entitlements/ald-care", "/api/v1/cover",
	)},
	{"desk", []string{"GET /desk", "GET /desk/articles", "GET /desk/inbox", "GET /desk/calendar", "GET /desk/feedback", "GET /desk/feedback/{id}", "GET /desk/reviews/{id}", "GET /desk/articles/{id}/{locale}/process"}, func(h hidden) []string {
		return []string{"/desk/feedback", "/desk/feedback?state=any&article=" + h.id, "/desk/feedback/f-" + h.state, "/desk/inbox", "/desk/calendar", "/desk/reviews/r-" + h.state, "/desk/articles/" + h.id + "/en/process", "/desk", "/desk/articles", "/de/desk/articles?title=zq", "/desk/articles?order=title&owner=system", "/desk/articles?category=place-" + h.state}
	}},
	// Nothing here is about articles: one state stands for all.
	{"API: directory", []string{
		"profile.people", "profile.person", "profile.access", "profile.sessions", "profile.identities", "profile.my_sessions", "profile.my_address", "profile.accounts", "profile.account",
		"profile.segments", "profile.segment", "profile.segment_facts", "profile.fields", "profile.field", "profile.form_rules", "profile.invitations", "profile.connections",
		"profile.roles", "profile.role", "profile.permissions", "profile.try_remove_role", "layout.arrangement", "layout.rules", "layout.promotions",
	}, func(h hidden) []string {
		if h.state != "staff" {
			return nil
		}
		return []string{
			"/api/v1/people?limit=200", "/api/v1/people/tom", "/api/v1/people/tom/access", "/api/v1/people/tom/sessions", "/api/v1/people/tom/identities", "/api/v1/me/sessions",
			"/api/v1/me/address", "/api/v1/accounts", "/api/v1/accounts/aldergate", "/api/v1/segments", "/api/v1/segments/regulated", "/api/v1/segment-facts",
			"/api/v1/fields/person", "/api/v1/fields/person/phone", "/api/v1/form-rules/account", "/api/v1/invitations", "/api/v1/connections",
			"/api/v1/roles", "/api/v1/roles/agent", "/api/v1/permissions", "/api/v1/roles/staff.none/removal", "/api/v1/layout/pages/home", "/api/v1/layout/rules", "/api/v1/layout/promotions",
		}
	}},
	{"desk health", []string{"GET /desk/health", "GET /desk/health/articles/{id}", "insight.worklist", "insight.health", "insight.overview"}, func(h hidden) []string {
		return []string{"/api/v1/insight/health?limit=100", "/api/v1/insight/health/" + h.id, "/api/v1/insight/overview", "/desk/health", "/desk/health?code=translation_missing", "/de/desk/health?owner=me&category=place-" + h.state, "/desk/health/articles/" + h.id}
	}},
	{"desk find and replace", []string{"GET /desk/replace"}, fixed("/desk/replace?find=ordinary&titles=yes&code=yes", "/de/desk/replace?find=.%2b&regexp=yes&titles=yes")},
	{"desk links", []string{"GET /desk/links"}, fixed("/desk/links", "/de/desk/links?state=gone", "/desk/links?state=archived")},
	{"desk categories", []string{"GET /desk/categories"}, fixed("/desk/categories", "/de/desk/categories")},
	{"desk blocks", []string{"GET /desk/blocks", "GET /desk/blocks/{name}"}, fixed("/desk/blocks", "/de/desk/blocks/any")},
	{"bin", []string{"GET /desk/bin", "kb.bin"}, fixed("/desk/bin", "/de/desk/bin?title=zq", "/api/v1/bin", "/api/v1/bin?title=zq")},
	{"desk editor", []string{"GET /desk/articles/{id}", "GET /desk/articles/{id}/{locale}", "GET /desk/articles/{id}/{locale}/history", "GET /desk/articles/{id}/{locale}/diff", "GET /desk/articles/{id}/{locale}/notes", "GET /desk/articles/{id}/delete", "GET /desk/articles/{id}/links", "GET /desk/articles/{id}/{locale}/file"}, func(h hidden) []string {
		return []string{"/desk/articles/" + h.id + "/delete", "/desk/articles/" + h.id + "/links", "/desk/articles/" + h.id + "/en/notes", "/desk/articles/" + h.id + "/en/file", "/desk/articles/" + h.id + "/en/history", "/desk/articles/" + h.id + "/en/diff?from=1", "/desk/articles/" + h.id, "/desk/articles/" + h.id + "/en", "/de/desk/articles/" + h.id + "/de", "/en/desk/articles/new?kind=faq"}
	}},
	{"courses", []string{
		"GET /courses", "GET /courses/{slug}", "POST /courses/{slug}", "GET /courses/{slug}/lessons/{lesson}", "POST /courses/{slug}/lessons/{lesson}", "POST /courses/{slug}/sessions/{id}",
		"GET /courses/{slug}/sessions/{id}/calendar", "courses.list", "courses.course", "courses.sessions", "courses.learning",
	}, fixed("/courses", "/de/courses", "/courses/cold-chain-basics", "/courses/temperature-mapping-in-a-day", "/api/v1/courses", "/api/v1/learning")},
	{"cases", []string{
		"GET /cases", "GET /cases/{reference}", "GET /cases/{reference}/transcript", "GET /cases/{reference}/edit", "GET /cases/new/answers", "cases.kinds", "cases.cases", "cases.case", "cases.entries",
	}, func(h hidden) []string {
		return []string{"/cases", "/de/cases?view=organisation", "/cases/new/answers?q=about+canaries", "/cases/new/answers?q=" + canary(h.state, "title"), "/api/v1/cases", "/api/v1/cases?article=article/" + h.id, "/api/v1/kinds"}
	}},
	{"desk cases", []string{"GET /desk/cases", "GET /desk/cases/{reference}", "GET /desk/cases/{reference}/edit"}, fixed("/desk/cases?view=open", "/de/desk/cases?view=over")},
	{"desk courses", []string{
		"GET /desk/courses", "GET /desk/courses/{id}", "GET /desk/courses/{id}/lessons/{lesson}", "GET /desk/courses/{id}/learners",
	}, fixed("/desk/courses", "/de/desk/courses")},
	{"API: articles", []string{"kb.articles"}, func(h hidden) []string {
		return []string{"/api/v1/articles?limit=200", "/api/v1/articles?order=updated", "/api/v1/articles?category=place-" + h.state, "/api/v1/articles?below=true&product=" + canary(h.state, "tag")}
	}},
	{"API: article", []string{"kb.article"}, func(h hidden) []string {
		return []string{"/api/v1/articles/" + h.id, "/api/v1/articles/" + h.id + "?locale=de"}
	}},
	{"API: find", []string{"kb.find"}, func(h hidden) []string {
		return []string{"/api/v1/slugs/en/" + h.slug, "/api/v1/slugs/de/" + h.slug}
	}},
	{"API: categories", []string{"kb.categories", "kb.category"}, func(h hidden) []string {
		return []string{"/api/v1/categories", "/api/v1/categories/place-" + h.state}
	}},
	{"API: desk", []string{"kb.manuscripts", "kb.manuscript", "kb.revisions", "kb.revision", "kb.findings", "kb.backlinks", "kb.broken_links", "kb.notes", "kb.category_settings", "kb.reviews", "kb.review", "kb.plans", "kb.expiring"}, func(h hidden) []string {
		base := "/api/v1/manuscripts/" + h.id
		return []string{
			"/api/v1/manuscripts?limit=200&count=true", "/api/v1/manuscripts?title=zq", base, base + "/texts/en", base + "/texts/en/revisions/1",
			"/api/v1/reviews", "/api/v1/reviews?mine=true", "/api/v1/reviews/r-" + h.state, "/api/v1/plans", "/api/v1/verifications", "/api/v1/reviews?article=" + h.id,
			base + "/texts/en/revisions/0", base + "/texts/en/findings", base + "/backlinks", "/api/v1/links/broken?limit=200", "/api/v1/links/broken?state=gone", "/api/v1/articles/" + h.id + "/notes", "/api/v1/categories/place-" + h.state + "/settings",
		}
	}},
	{"API: feedback", []string{"kb.feedback", "kb.one_feedback", "kb.feedback_figures"}, func(h hidden) []string {
		return []string{"/api/v1/feedback?limit=200", "/api/v1/feedback?article=" + h.id, "/api/v1/feedback/f-" + h.state, "/api/v1/articles/" + h.id + "/feedback"}
	}},
	{"desk media", []string{"GET /desk/media", "GET /desk/media/{name}"}, func(h hidden) []string {
		return []string{"/desk/media", "/desk/media?name=zq", "/desk/media?unused=yes", "/desk/media/" + canary(h.state, "picture") + ".svg"}
	}},
	{"API: media", []string{"kb.media_list", "kb.media_content", "kb.media_uses"}, func(h hidden) []string {
		return []string{"/api/v1/media", "/api/v1/media?name=zq", "/api/v1/media/" + canary(h.state, "picture") + ".svg/content", "/api/v1/media/" + canary(h.state, "picture") + ".svg/uses", "/api/v1/media/" + canary(h.state, "file") + ".txt/content"}
	}},
	{"API: search", []string{"search.search", "search.suggestions"}, func(h hidden) []string {
		var out []string
		for _, q := range asked(h) {
			out = append(out, "/api/v1/search?q="+url.QueryEscape(q), "/api/v1/search/suggestions?q="+url.QueryEscape(q))
		}
		return append(out, "/api/v1/search?q=Gate+to+everything")
	}},
}

// exempt are patterns and operations that show no content, with the reason.
var exempt = map[string]string{
	"POST /desk/articles/{id}/{locale}/notes":        "answers like GET /desk/articles/{id}/{locale}/notes",
	"POST /desk/articles/{id}/{locale}/notes/{note}": "answers like GET /desk/articles/{id}/{locale}/notes",
	"kb.add_note":                               "authorization matrix: answers with what was sent",
	"kb.edit_note":                              "authorization matrix: answers with what was sent",
	"kb.resolve_note":                           "authorization matrix: answers like kb.notes",
	"POST /desk/articles/{id}/{locale}":         "answers like the form, which the surface of the editor covers",
	"POST /articles/{slug}/share":               "TestGuests",
	"POST /articles/{slug}/share/{id}/end":      "TestGuests",
	"POST /articles/{slug}/feedback":            "tested with the articles of others below",
	"POST /articles/{slug}/suggestion":          "answers like GET /articles/{slug}/suggestion",
	"audit.entries":                             "authorization matrix: for those who may read it",
	"profile.view":                              "TestViewOverHTTP: pages look as they do to somebody",
	"profile.end_view":                          "TestViewOverHTTP: pages look as they did",
	"profile.address_suggestions":               "of a service, and of nobody here",
	"profile.suggested_address":                 "of a service, and of nobody here",
	"kb.upload":                                 "answers with what was sent",
	"kb.describe_media":                         "authorization matrix: answers like kb.media_list",
	"kb.remove_media":                           "answers nothing",
	"kb.rate":                                   "tested with the articles of others below",
	"kb.blocks":                                 "authorization matrix: for those who work on articles",
	"kb.block":                                  "authorization matrix: for those who work on articles",
	"kb.block_versions":                         "authorization matrix: for those who work on articles",
	"kb.block_uses":                             "authorization matrix: for those who work on articles",
	"kb.create_block":                           "answers with what was sent",
	"kb.remove_block":                           "answers nothing",
	"kb.unfold_block":                           "authorization matrix: names articles that kb.manuscript shows",
	"kb.save_block":                             "answers with what was sent",
	"kb.types":                                  "what the configuration says",
	"kb.preview":                                "answers with what was sent",
	"kb.create":                                 "answers with what was sent",
	"kb.keep_working":                           "answers nothing",
	"kb.working":                                "the asker's own",
	"kb.workings":                               "the asker's own",
	"kb.drop_working":                           "answers nothing",
	"kb.hold":                                   "names colleagues who write",
	"kb.release":                                "answers nothing",
	"kb.holders":                                "names colleagues who write",
	"POST /desk/articles/bulk":                  "authorization matrix: shows what kb.bulk tells and kb.manuscripts lists",
	"insight.gaps":                              "authorization matrix: what enough people searched for",
	"insight.gap":                               "authorization matrix: what enough people searched for",
	"insight.mark_gap":                          "authorization matrix: answers like insight.gap",
	"insight.candidates":                        "authorization matrix: what readers said, for those who write",
	"insight.candidate":                         "authorization matrix: what readers said, for those who write",
	"insight.decide_candidate":                  "authorization matrix: answers like insight.candidate",
	"search_reports.summary":                    "authorization matrix: what enough people searched for",
	"search_reports.questions":                  "authorization matrix: what enough people searched for",
	"search_reports.questions_csv":              "authorization matrix: what enough people searched for",
	"search_reports.breakdown":                  "authorization matrix: what enough people searched for",
	"search_reports.trend":                      "authorization matrix: what enough people searched for",
	"search_reports.worklist":                   "authorization matrix: what enough people searched for",
	"search_reports.worklist_csv":               "authorization matrix: what enough people searched for",
	"search_reports.decide":                     "authorization matrix: what enough people searched for",
	"kb.find_text":                              "authorization matrix: answers like GET /desk/replace",
	"kb.replace":                                "authorization matrix: answers like kb.manuscript",
	"kb.bulk":                                   "authorization matrix: answers about what kb.manuscript shows",
	"kb.delete":                                 "authorization matrix: answers like kb.bin",
	"kb.undelete":                               "authorization matrix: answers like kb.manuscript",
	"kb.purge":                                  "answers nothing",
	"kb.restore":                                "authorization matrix: answers like kb.manuscript",
	"kb.edit":                                   "authorization matrix: answers like kb.manuscript",
	"kb.arrange":                                "authorization matrix: answers like kb.manuscript",
	"kb.publish":                                "authorization matrix: answers like kb.manuscript",
	"kb.archive":                                "authorization matrix: answers like kb.manuscript",
	"kb.save_category":                          "authorization matrix: answers with what was sent",
	"kb.empty_category":                         "authorization matrix: answers how many were moved",
	"kb.remove_category":                        "answers nothing",
	"kb.create_category":                        "authorization matrix: answers with what was sent",
	"search.click":                              "answers nothing",
	"search.answered":                           "answers nothing",
	"POST /articles/{slug}/keep":                "tested with the articles of others below",
	"POST /categories/{slug}/follow":            "TestFollowingCategoriesAndTypes",
	"POST /types/{kind}/follow":                 "TestFollowingCategoriesAndTypes",
	"profile.me":                                "about the asker only",
	"profile.preferences":                       "the asker's own",
	"profile.save_preferences":                  "the asker's own",
	"profile.consents":                          "the asker's own",
	"profile.consent":                           "the asker's own",
	"layout.add_rule":                           "authorization matrix: answers with what was sent",
	"layout.save_rule":                          "authorization matrix: answers with what was sent",
	"layout.remove_rule":                        "answers nothing",
	"layout.add_promotion":                      "authorization matrix: answers with what was sent",
	"layout.save_promotion":                     "authorization matrix: answers with what was sent",
	"layout.remove_promotion":                   "answers nothing",
	"layout.preview":                            "authorization matrix: answers like layout.arrangement",
	"layout.choice":                             "the asker's own",
	"layout.choose":                             "the asker's own",
	"layout.reset":                              "answers nothing",
	"layout.used":                               "answers nothing",
	"layout.click":                              "answers nothing",
	"layout.dismiss":                            "answers nothing",
	"profile.add_role":                          "authorization matrix: answers like profile.role",
	"profile.save_role":                         "authorization matrix: answers like profile.role",
	"profile.remove_role":                       "answers nothing",
	"profile.try_role":                          "authorization matrix: answers with counts of people",
	"profile.add_person":                        "authorization matrix: answers like profile.person",
	"profile.save_person":                       "authorization matrix: answers like profile.person",
	"profile.disable_person":                    "authorization matrix: answers like profile.person",
	"profile.enable_person":                     "authorization matrix: answers like profile.person",
	"profile.remove_person":                     "answers nothing",
	"profile.try_access":                        "authorization matrix: answers like profile.access",
	"profile.add_account":                       "authorization matrix: answers like profile.account",
	"profile.save_account":                      "authorization matrix: answers like profile.account",
	"profile.add_segment":                       "authorization matrix: answers with what was sent",
	"profile.save_segment":                      "authorization matrix: answers with what was sent",
	"profile.remove_segment":                    "answers nothing",
	"profile.try_segment":                       "authorization matrix: answers with counts of people",
	"profile.add_field":                         "authorization matrix: answers with what was sent",
	"profile.save_field":                        "authorization matrix: answers with what was sent",
	"profile.remove_field":                      "answers nothing",
	"profile.try_field":                         "authorization matrix: answers with values of people",
	"profile.export":                            "authorization matrix: what is known of the asker, to the asker or those who may erase them",
	"profile.erase":                             "answers with counts",
	"profile.end_my_session":                    "answers nothing",
	"profile.end_my_sessions":                   "answers with a count",
	"profile.end_session":                       "answers nothing",
	"profile.end_sessions":                      "answers with a count",
	"profile.invite":                            "authorization matrix: answers with what was sent",
	"profile.revoke_invitation":                 "answers nothing",
	"profile.connect":                           "authorization matrix: answers with what was sent, and a secret",
	"profile.end_connection":                    "answers nothing",
	"profile.link_identity":                     "authorization matrix: answers with what was sent",
	"profile.unlink_identity":                   "answers nothing",
	"profile.retry_my_address":                  "answers nothing",
	"profile.shelve":                            "answers with what was sent",
	"profile.unshelve":                          "answers nothing",
	"profile.notices.read":                      "answers nothing",
	"profile.notices.unsubscription":            "a fixed text",
	"profile.notices.unsubscribe":               "a fixed text",
	"GET /promotions/{id}":                      "tested with promotions for others in TestOffersAreForThoseWhoMay",
	"assets.register":                           "authorization matrix: answers with what was sent",
	"assets.change":                             "authorization matrix: answers with what was sent",
	"assets.unregister":                         "answers nothing",
	"assets.spend":                              "authorization matrix: answers like assets.entitlement",
	"kb.suggest":                                "authorization matrix: answers with what was sent",
	"kb.handle_feedback":                        "authorization matrix: answers like kb.one_feedback",
	"kb.request_review":                         "authorization matrix: answers with what was sent",
	"kb.decide":                                 "authorization matrix: answers like kb.review",
	"kb.withdraw_review":                        "authorization matrix: answers like kb.review",
	"kb.plan":                                   "authorization matrix: answers with what was sent",
	"GET /desk/search":                          "TestTunePages: of documents it shows what Titles does",
	"GET /desk/search/{list}/{entry}":           "TestTunePages: words that the team has set",
	"GET /desk/search/preview":                  "TestTunePages: of documents it shows what a search does",
	"GET /desk/search/versions/{number}":        "TestTunePages: of documents it shows what Titles does",
	"search.trials":                             "authorization matrix: trials, and words that the team has set",
	"search.begin_trial":                        "authorization matrix: answers with what was sent",
	"search.stop_trial":                         "answers nothing",
	"search.trial_rankings":                     "authorization matrix: what a search shows anybody",
	"search_reports.trial":                      "authorization matrix: how many people voted",
	"search.tuning":                             "authorization matrix: words that the team has set",
	"search.save_tuning":                        "authorization matrix: answers with what was sent",
	"search.preview_tuning":                     "authorization matrix: shows what a search does",
	"search.publish_tuning":                     "authorization matrix: words that the team has set",
	"search.tuning_versions":                    "authorization matrix: who made what live, and when",
	"search.tuning_version":                     "authorization matrix: words that the team has set",
	"search.restore_tuning":                     "authorization matrix: words that the team has set",
	"search.drop_tuning":                        "answers nothing",
	"GET /desk/transfer":                        "a form, for those who import and export",
	"POST /desk/transfer":                       "leads to the page of the import",
	"GET /desk/transfer/{job}":                  "TestImportsAreForThoseWhoImport",
	"GET /desk/transfer/{job}/events":           "TestImportsAreForThoseWhoImport",
	"GET /desk/transfer/{job}/report.json":      "TestImportsAreForThoseWhoImport",
	"GET /desk/transfer/{job}/report.csv":       "TestImportsAreForThoseWhoImport",
	"POST /desk/transfer/{job}/cancel":          "leads back to the page of the import",
	"POST /desk/transfer/{job}/run":             "leads to the page of the import",
	"POST /desk/transfer/{job}/undo":            "leads back to the page of the import",
	"GET /desk/transfer/export":                 "authorization matrix: answers like kb.export",
	"kb.export":                                 "authorization matrix: only those who import and export, who see everything at the desk",
	"kb.cancel_plan":                            "authorization matrix: answers like kb.plans",
	"kb.verify":                                 "authorization matrix: says when",
	"kb.unverify":                               "authorization matrix: says when",
	"POST /desk/feedback/{id}":                  "answers like GET /desk/feedback/{id}",
	"POST /desk/reviews/{id}/verdict":           "answers like GET /desk/reviews/{id}",
	"POST /desk/articles/{id}/{locale}/reviews": "answers like GET /desk/articles/{id}/{locale}/process",
	"POST /desk/articles/{id}/{locale}/plans":   "answers like GET /desk/articles/{id}/{locale}/process",

	"POST /cases/new":                    "TestCasePages: leads to the case",
	"POST /cases/{reference}/edit":       "answers like GET /cases/{reference}/edit",
	"POST /cases/{reference}/{act}":      "answers like GET /cases/{reference}",
	"POST /desk/cases/new":               "TestCasePages: leads to the case",
	"POST /desk/cases/{reference}/edit":  "answers like GET /desk/cases/{reference}/edit",
	"POST /desk/cases/{reference}/{act}": "answers like GET /desk/cases/{reference}",
	"cases.open":                         "authorization matrix: answers with what was sent",
	"cases.say":                          "authorization matrix: answers with what was sent",
	"cases.decide":                       "answers like cases.case",
	"cases.state":                        "answers like cases.case",
	"cases.escalate":                     "answers like cases.case",
	"cases.follow":                       "answers like cases.case",
	"cases.unfollow":                     "answers nothing",
	"cases.link":                         "answers like cases.case",
	"cases.unlink":                       "answers nothing",
	"cases.edit":                         "answers like cases.case",
	"cases.move":                         "answers like cases.case",
	"cases.assign":                       "answers like cases.case",

	"courses.lesson":      "TestCoursesAreForThoseWhoMay",
	"courses.enrol":       "authorization matrix: answers with the asker's own",
	"courses.leave":       "answers nothing",
	"courses.checkout":    "authorization matrix: answers with the asker's own",
	"courses.finish":      "authorization matrix: answers with the asker's own",
	"courses.begin":       "authorization matrix: answers with the asker's own",
	"courses.answer":      "authorization matrix: answers with the asker's own",
	"courses.book":        "authorization matrix: answers with the asker's own",
	"courses.unbook":      "answers nothing",
	"courses.certificate": "what its holder shows to who has its number",
	"courses.show":        "authorization matrix: the asker's own",
	"courses.create":      "answers with what was sent",
	"courses.manuscript":  "TestCoursesAreForThoseWhoMay",
	"courses.save":        "authorization matrix: answers like courses.manuscript",
	"courses.publish":     "authorization matrix: answers like courses.manuscript",
	"courses.close":       "authorization matrix: answers like courses.manuscript",
	"courses.learners":    "TestCoursesAreForThoseWhoMay",
	"courses.decide":      "authorization matrix: answers about a learner to those who teach",
	"courses.add_session": "answers with what was sent",
}
