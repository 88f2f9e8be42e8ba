package kb

import "github.com/stoa-go/stoa/profile"

// worksHere reports whether by has a place at the desk.
func (l *Library) worksHere(by profile.Actor) bool { return l.worksWithOthers(by) || l.MayCreate(by) }

// worksWithOthers reports whether by sees at the desk what others own, as far as
// it is meant for them. Who only drafts sees there what is theirs.
func (l *Library) worksWithOthers(by profile.Actor) bool {
	return l.policy.May(by, profile.PermissionContentWrite) || l.policy.May(by, profile.PermissionContentTranslate) ||
		l.policy.May(by, profile.PermissionContentPublish) || l.mayReview(by)
}

// MayCreate reports whether by may write new articles.
func (l *Library) MayCreate(by profile.Actor) bool {
	return l.policy.May(by, profile.PermissionContentWrite) || l.policy.May(by, profile.PermissionContentDraft)
}

// MayWrite reports whether by may change the text in locale of an article that
// they see at the desk: whoever writes may, and who only drafts if it is theirs. An
// empty locale means the one it was written in.
func (l *Library) MayWrite(by profile.Actor, a Article, locale string) bool {
	switch {
	case locale != "" && locale != a.Source:
		return l.policy.May(by, profile.PermissionContentTranslate)
	case a.Owner == by.ID:
		return l.MayCreate(by)
	}
	return l.policy.May(by, profile.PermissionContentWrite)
}

// MayArrange reports whether by may change what all languages share of an article
// that they see at the desk: while no reader is shown it, or if they may publish.
func (l *Library) MayArrange(by profile.Actor, a Article) bool {
	return l.MayWrite(by, a, "") && (len(a.Live()) == 0 || l.policy.May(by, profile.PermissionContentPublish))
}
