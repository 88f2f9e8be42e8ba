package site

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
	"github.com/stoa-go/stoa/search"
)

// People who follow an article, a category above it or its type are told when it
// changes. What changed is read from the library's own list of changes, so that
// nothing is missed while no instance runs. Telling the same twice is telling it
// once, so that an instance may die at any moment.

const (
	kindPublished  = "article.published"
	kindUpdated    = "article.updated"
	kindTranslated = "article.translated"
	noticesCursor  = "notices.cursor"
	// A change that is older has reached us for another reason: its category
	// was opened, or the list was read anew.
	newsLasts = 48 * time.Hour
)

func (s *Site) openNotices(ctx context.Context) error {
	channels, err := s.channels(ctx)
	if err != nil {
		return err
	}
	s.openBounces()
	outward := []string{profile.ChannelInbox, profile.ChannelMail, profile.ChannelPush, profile.ChannelWebhook}
	s.notifier, err = profile.NewNotifier(s.keeping, s.people, &profile.NotifierOptions{
		Kinds: append([]profile.NoticeKind{
			{Name: kindPublished, Title: "notice.article_published", Channels: outward, Resolve: s.resolveArticle, Concerns: s.readsNews},
			{Name: kindUpdated, Title: "notice.article_updated", Channels: outward, Resolve: s.resolveArticle, Concerns: s.readsNews},
			{Name: kindTranslated, Title: "notice.article_translated", Minor: true, Resolve: s.resolveArticle, Concerns: s.readsNews},
		}, slices.Concat(s.deskNotices(), s.courseNotices(outward), s.caseNotices(outward))...),
		Channels: channels, Bounces: s.bounces, Text: s.noticeText,
		Brand: s.homeOf, BrandLink: s.brandLink,
		Base: s.cfg.links(), API: apiPrefix, Stop: "/unsubscribe", Locale: s.cfg.Locales[0], Poll: noticesPoll, Keep: -1, Secret: s.secret, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	return err
}

// channels are the ways out of the portal that it was told of.
func (s *Site) channels(ctx context.Context) (list []profile.Channel, err error) {
	if s.cfg.Mail.on() {
		mail, err := s.cfg.Mail.channel(s.cfg, s.senders())
		if err != nil {
			return nil, err
		}
		s.cfg.Log.Info("mails go out", "to", s.cfg.Mail.where())
		s.post, list = mail, append(list, mail)
		if s.cfg.Mail.Folder != "" {
			s.people.Register(mailprofile.FolderKeeper(s.cfg.Mail.Folder, s.keeping))
		}
	}
	if s.cfg.Push && s.cfg.links() != "" {
		if err := s.openPush(ctx); err != nil {
			return nil, err
		}
		s.openWebhooks()
		list = append(list, s.push, s.hooks)
	}
	if s.cfg.SMS.on() {
		texts, err := s.openTexts()
		if err != nil {
			return nil, err
		}
		list = append(list, texts)
	}
	return list, nil
}

func (s *Site) noticeText(locale, key string, args map[string]any) string {
	var list []any
	for name, value := range args {
		list = append(list, name, value)
	}
	return s.catalog.In(i18n.Locale(s.readersLocale(locale))).T(key, list...)
}

// tellFollowers follows the library's changes until ctx is done.
func (s *Site) tellFollowers(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.tellNews(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.ErrorContext(ctx, "followers not told", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
		}
	}
	return nil
}

// tellNews tells what changed since the last time, and waits for more. One
// instance tells at a time: another that lags behind would tell people of what
// happened before they followed it.
func (s *Site) tellNews(ctx context.Context) error {
	seen := ""
	err := s.db.alone(ctx, aloneTell, func(ctx context.Context) (err error) {
		seen, err = s.tellSome(ctx)
		return err
	})
	if err != nil || seen == "" {
		return err
	}
	return s.library.Source().Wait(ctx, seen)
}

// tellSome tells of some changes and returns where it is then, or "" if there
// may be more.
func (s *Site) tellSome(ctx context.Context) (seen string, err error) {
	before, err := s.db.setting(ctx, noticesCursor)
	if err != nil {
		return "", err
	}
	changes, next, err := s.library.Source().Changes(ctx, before, 100)
	if errors.Is(err, search.ErrRebuild) {
		return "", s.db.set(ctx, noticesCursor, "") // old news is told from its date
	}
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if err := s.tell(ctx, c); err != nil {
			return "", err
		}
	}
	if next == before {
		return next, nil
	}
	return "", s.db.set(ctx, noticesCursor, next)
}

// unread returns how many notices somebody has not read, for the menu.
func (s *Site) unread(ctx context.Context, v *visit) string {
	if v.By.Anonymous() {
		return ""
	}
	n, more, err := s.notifier.Unread(ctx, v.By)
	if err != nil {
		return ""
	}
	return unreadText(v, n, more)
}

// unreadText is a number of notices, and nothing of none.
func unreadText(v *visit, n int, more bool) string {
	switch {
	case n == 0:
		return ""
	case more:
		return v.P.Number(n) + "+"
	}
	return v.P.Number(n)
}
