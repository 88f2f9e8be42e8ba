package matrix_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// about returns an operation on an article.
func about(name string, call func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error), routes ...string) operation {
	return operation{name: "kb." + name, on: "article", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		return call(ctx, w, by, w.article[state])
	}}
}

// within returns an operation on a category, whose ID it is given.
func within(name string, call func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error), routes ...string) operation {
	return operation{name: "kb." + name, on: "category", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		return call(ctx, w, by, "cat-"+state)
	}}
}

// overall returns an operation on nothing in particular.
func overall(name string, call func(ctx context.Context, w *world, by profile.Actor) error, routes ...string) operation {
	return operation{name: name, on: "portal", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
		err := call(ctx, w, by)
		return nil, err == nil, err
	}}
}

// ofMedium returns an operation on the picture of an article.
func ofMedium(name string, call func(ctx context.Context, w *world, by profile.Actor, medium string) (any, error), routes ...string) operation {
	return operation{name: "kb." + name, on: "article", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		out, err := call(ctx, w, by, "m-"+state+".png")
		return out, true, err
	}}
}

// may returns the operation that asks whether somebody may do something to an
// article that they see at the desk.
func may(name string, ask func(*kb.Library, profile.Actor, kb.Article) bool) operation {
	return about(name, func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
		a, err := w.library.Manuscript(ctx, by, a.ID)
		if err == nil && !ask(w.library, by, a) {
			err = kb.ErrForbidden
		}
		return nil, true, err
	})
}

// mayAtAll is may for what is about no article in particular.
func mayAtAll(name string, ask func(*kb.Library, profile.Actor) bool) operation {
	return overall("kb."+name, func(_ context.Context, w *world, by profile.Actor) error {
		if !ask(w.library, by) {
			return kb.ErrForbidden
		}
		return nil
	})
}

func libraryOperations() []operation {
	return slices.Concat(libraryReading(), libraryLists(), libraryDesk(), libraryNotes(), libraryWriting(), libraryPlaces(), libraryProcess(), libraryOverall(), insightOperations(), reportOperations())
}

func libraryReading() []operation {
	return []operation{
		about("Article", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			p, err := w.library.Article(ctx, by, a.ID, "en")
			return p, true, err
		}, "kb.article"),
		about("Glance", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			p, err := w.library.Glance(ctx, by, a.ID, "en")
			return p, err == nil, err
		}),
		about("Lend", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			p, err := w.library.Lend(ctx, by, a.ID, "en")
			return p, !strings.Contains(string(p.Text.HTML), "for staff alone"), err
		}),
		about("Print", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Print(ctx, by, []string{a.ID}, "en")
			return list, len(list) == 1, err
		}),
		about("SeriesParts", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.SeriesParts(ctx, by, a.ID, "en")
			return list, err == nil, err
		}),
		about("Find", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			slug := "nothing"
			if len(a.Translations) > 0 {
				slug = a.Translations[0].Slug
			}
			f, err := w.library.Find(ctx, by, "en", slug)
			return f, true, err
		}, "kb.find"),
		about("Gone", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			slug := "nothing"
			if len(a.Translations) > 0 {
				slug = a.Translations[0].Slug
			}
			return nil, true, w.library.Gone(ctx, by, slug)
		}),
		about("Version", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			v, err := w.library.Version(ctx, by, a.ID)
			return v, true, err
		}),
		about("Rate", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			f, err := w.library.Rate(ctx, by, kb.Opinion{Article: a.ID, Helpful: true})
			return f, true, err
		}, "kb.rate"),
		{name: "kb.Redirect", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			ref, err := w.library.Redirect(ctx, by, "/old/"+state, "en")
			return ref, ref.ID == w.article[state].ID, err
		}},
		{name: "kb.Media", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			m, err := w.library.Media(ctx, by, "m-"+state+".png")
			return string(m.Data), true, err
		}},
		ofMedium("File", func(ctx context.Context, w *world, by profile.Actor, name string) (any, error) {
			_, r, err := w.library.File(ctx, by, name)
			if err != nil {
				return nil, err
			}
			text, err := io.ReadAll(r)
			return string(text), errors.Join(err, r.Close())
		}, "kb.media_content"),
		ofMedium("MediaUsers", func(ctx context.Context, w *world, by profile.Actor, name string) (any, error) {
			return w.library.MediaUsers(ctx, by, name)
		}, "kb.media_uses"),
		ofMedium("MayChangeMedia", func(ctx context.Context, w *world, by profile.Actor, name string) (any, error) {
			if _, err := w.library.MediaUsers(ctx, by, name); err != nil {
				return nil, err
			}
			m, err := w.library.Media(ctx, by, name)
			if err == nil && !w.library.MayChangeMedia(by, m) {
				err = kb.ErrForbidden
			}
			return nil, err
		}),
		ofMedium("DescribeMedia", func(ctx context.Context, w *world, by profile.Actor, name string) (any, error) {
			return w.library.DescribeMedia(ctx, by, name, "new words")
		}, "kb.describe_media"),
		{name: "kb.ListMedia", on: "article", routes: []string{"kb.media_list"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.library.ListMedia(ctx, by, kb.MediaList{})
			return list, lists(list, func(m kb.Media) bool { return m.Name == "m-"+state+".png" }), err
		}},
	}
}

func libraryLists() []operation {
	return []operation{
		about("Entries", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Entries(ctx, by, []string{a.ID}, "en")
			return list, len(list) == 1, err
		}),
		about("Articles", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Articles(ctx, by, kb.Query{Locale: "en", Order: kb.OrderUpdated})
			return list, lists(list, func(e kb.Entry) bool { return e.Article == a.ID }), err
		}, "kb.articles"),
		about("All", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			var list []kb.Entry
			for e, err := range w.library.All(ctx, by, kb.Query{Limit: 2}) {
				if err != nil {
					return nil, false, err
				}
				list = append(list, e)
			}
			return list, lists(list, func(e kb.Entry) bool { return e.Article == a.ID }), nil
		}),
		about("Feedback", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Feedback(ctx, by, "", "", 200)
			return list, lists(list, func(f kb.Feedback) bool { return f.Article == a.ID }), err
		}, "kb.feedback"),
		about("ListFeedback", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.ListFeedback(ctx, by, kb.FeedbackList{Limit: 200})
			return list, lists(list, func(f kb.Feedback) bool { return f.Article == a.ID }), err
		}, "kb.feedback"),
		of("FeedbackByID", "f-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.FeedbackByID(ctx, by, id)
		}, "kb.one_feedback"),
		of("HandleFeedback", "f-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.HandleFeedback(ctx, by, id, 0, kb.Handling{State: kb.FeedbackDone})
		}, "kb.handle_feedback"),
		about("FeedbackFigures", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.FeedbackFigures(ctx, by, []string{a.ID})
			return r, len(r) == 1, err
		}, "kb.feedback_figures"),
		about("Suggest", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			f, err := w.library.Suggest(ctx, by, kb.Suggestion{Article: a.ID, Quote: "guide", Proposal: "b"})
			return f, true, err
		}, "kb.suggest"),
		about("RatingsAtDesk", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.RatingsAtDesk(ctx, by, []string{a.ID})
			return r, len(r) == 1, err
		}),
		about("Ratings", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.Ratings(ctx, by, []string{a.ID})
			return r, len(r) == 1, err
		}),
	}
}

func libraryDesk() []operation {
	return []operation{
		about("Manuscript", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			m, err := w.library.Manuscript(ctx, by, a.ID)
			return m, true, err
		}, "kb.manuscript"),
		about("Manuscripts", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Manuscripts(ctx, by, kb.ManuscriptQuery{})
			return list, lists(list, func(m kb.Article) bool { return m.ID == a.ID }), err
		}, "kb.manuscripts"),
		about("CountManuscripts", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			n, err := w.library.CountManuscripts(ctx, by, kb.ManuscriptQuery{IDs: []string{a.ID}})
			return n, n == 1, err
		}, "kb.manuscripts"),
		about("Revision", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.Revision(ctx, by, a.ID, "en", 1)
			return r, true, err
		}, "kb.revision"),
		about("Revisions", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.Revisions(ctx, by, a.ID, "en", 0, 10)
			return r, len(r) == 1, err
		}, "kb.revisions"),
		about("Findings", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			f, err := w.library.Findings(ctx, by, a.ID, "en")
			return f, true, err
		}, "kb.findings"),
		about("Backlinks", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			b, err := w.library.Backlinks(ctx, by, a.ID, "", 0)
			return b, true, err
		}, "kb.backlinks"),
	}
}

func libraryWriting() []operation {
	text := kb.Text{Title: "T", Body: "B"}
	edit := func(name, locale string, t kb.Text, routes ...string) operation {
		return about(name, func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Edit(ctx, by, a.ID, locale, a.Version, t)
			return a, true, err
		}, routes...)
	}
	arrange := func(name string, change func(*kb.Meta)) operation {
		return about(name, func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			m := kb.Meta{Category: "cat-open", Kind: kb.KindReference, Audience: a.Audience}
			change(&m)
			a, err := w.library.Arrange(ctx, by, a.ID, a.Version, m)
			return a, true, err
		}, "kb.arrange")
	}
	return []operation{
		edit("Edit", "en", text, "kb.edit"),
		edit("Edit/translation", "de", text),
		about("Edit/address", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Edit(ctx, by, a.ID, "en", a.Version, kb.Text{Title: "T", Body: "B", Slug: "elsewhere-" + a.ID})
			return a, true, err
		}),
		about("KeepWorking", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			err := w.library.KeepWorking(ctx, by, kb.Working{Article: a.ID, Locale: "en", Text: text})
			return nil, err == nil, err
		}, "kb.keep_working"),
		about("Working", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			if err := w.library.KeepWorking(ctx, by, kb.Working{Article: a.ID, Locale: "en", Text: text}); err != nil {
				return nil, false, err
			}
			got, err := w.library.Working(ctx, by, a.ID, "en")
			return got, true, err
		}, "kb.working"),
		about("Workings", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			_ = w.library.KeepWorking(ctx, by, kb.Working{Article: a.ID, Locale: "de", Text: text})
			list, err := w.library.Workings(ctx, by)
			return list, lists(list, func(k kb.Working) bool { return k.Article == a.ID }), err
		}, "kb.workings"),
		about("DropWorking", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			err := w.library.DropWorking(ctx, by, a.ID, "en")
			return nil, err == nil, err
		}, "kb.drop_working"),
		about("Hold", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Hold(ctx, by, a.ID, "en", time.Minute)
			return list, err == nil, err
		}, "kb.hold"),
		about("Release", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			err := w.library.Release(ctx, by, a.ID, "en")
			return nil, err == nil, err
		}, "kb.release"),
		about("Holders", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Holders(ctx, by, a.ID)
			return list, err == nil, err
		}, "kb.holders"),
		about("Restore", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Restore(ctx, by, a.ID, "en", a.Version, 1, "again")
			return a, true, err
		}, "kb.restore"),
		about("Rework", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			m := kb.Meta{Category: "cat-open", Kind: kb.KindReference, Audience: a.Audience}
			a, err := w.library.Rework(ctx, by, a.ID, "en", a.Version, text, m)
			return a, true, err
		}),
		about("Rework/text", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			m := kb.Meta{Category: a.Category, Kind: a.Kind, Audience: a.Audience, Tags: a.Tags, Owner: a.Owner}
			a, err := w.library.Rework(ctx, by, a.ID, "en", a.Version, text, m)
			return a, true, err
		}),
		arrange("Arrange", func(*kb.Meta) {}),
		arrange("Arrange/owner", func(m *kb.Meta) { m.Owner = "mallory" }),
		about("Publish", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Publish(ctx, by, a.ID, "en", a.Version)
			return a, true, err
		}, "kb.publish"),
		about("PublishMinor", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.PublishMinor(ctx, by, a.ID, "en", a.Version)
			return a, true, err
		}),
		about("Archive", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Archive(ctx, by, a.ID, "en", a.Version)
			return a, true, err
		}, "kb.archive"),
		about("Bulk", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Bulk(ctx, by, kb.BulkChange{Do: kb.BulkArchive}, []kb.BulkItem{{Article: a.ID, Version: a.Version}})
			if err == nil {
				err = list[0].Err
			}
			return list, true, err
		}, "kb.bulk"),
		about("TryBulk", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.TryBulk(ctx, by, kb.BulkChange{Do: kb.BulkPublish}, []string{a.ID})
			if err == nil {
				err = list[0].Err
			}
			return list, true, err
		}, "kb.bulk"),
		about("FindText", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.FindText(ctx, by, kb.FindQuery{Replacement: kb.Replacement{Find: ".", Regexp: true, Titles: true}, Locale: "en"})
			return list, lists(list, func(t kb.TextHits) bool { return t.Article == a.ID }), err
		}, "kb.find_text"),
		about("Replace", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r := kb.Replacement{Find: "^.", With: "x", Regexp: true, Titles: true}
			a, err := w.library.Replace(ctx, by, kb.Replacing{Replacement: r, Article: a.ID, Locale: "en", Version: a.Version, Head: 1})
			return a, true, err
		}, "kb.replace"),
		about("Delete", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Delete(ctx, by, a.ID, a.Version)
			return a, true, err
		}, "kb.delete", "kb.bin"),
		about("Undelete", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			a, err := w.library.Undelete(ctx, by, a.ID, a.Version) // what is not in the bin stays as it is
			return a, true, err
		}, "kb.undelete"),
		may("MayDelete", (*kb.Library).MayDelete),
		may("MayArrange", (*kb.Library).MayArrange),
		may("MayWrite", func(l *kb.Library, by profile.Actor, a kb.Article) bool { return l.MayWrite(by, a, "") }),
		mayAtAll("MayPurge", (*kb.Library).MayPurge),
		mayAtAll("MayCreate", (*kb.Library).MayCreate),
		about("Purge", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			err := w.library.Purge(ctx, by, a.ID, a.Version)
			return nil, err == nil, err
		}, "kb.purge"),
		within("Places", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			tree, err := w.library.Places(ctx, by, "en")
			return tree, inTree(tree, id), err
		}),
		within("Create", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.library.Create(ctx, by, kb.Draft{Text: text, Meta: kb.Meta{Category: id, Kind: kb.KindFAQ, Audience: profile.Public()}})
			return a, true, err
		}, "kb.create"),
		within("CreateFrom", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.library.CreateFrom(ctx, by, kb.Draft{Text: text, Meta: kb.Meta{Category: id, Kind: kb.KindFAQ, Audience: profile.Public()}}, kb.Source{Kind: "case"})
			return a, true, err
		}),
		within("Arrange/into", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a := w.article["draft"]
			a, err := w.library.Arrange(ctx, by, a.ID, a.Version, kb.Meta{Category: id, Kind: a.Kind, Audience: a.Audience})
			if err == nil {
				w.article["draft"] = a
			}
			return a, true, err
		}),
	}
}
