package matrix_test

import (
	"context"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A barePages store has no audiences of promotions.
type barePages struct{ layout.Store }

func (s barePages) Promotions(ctx context.Context) ([]layout.Promotion, error) {
	list, err := s.Store.Promotions(ctx)
	for i := range list {
		list[i].Audience = profile.Public()
	}
	return list, err
}

// An openShelf store shows everybody's things to anybody.
type openShelf struct{ keeping }

func (s openShelf) Items(ctx context.Context, q profile.ShelfQuery) (all []profile.ShelfItem, next string, err error) {
	for _, id := range everyone() {
		q.Person = id
		list, _, err := s.keeping.Items(ctx, q)
		if err != nil {
			return nil, "", err
		}
		all = append(all, list...)
	}
	return all, "", nil
}

// A clearedShelf store takes things off everybody's shelf at once.
type clearedShelf struct{ keeping }

func (s clearedShelf) RemoveItems(ctx context.Context, q profile.ShelfQuery) (n int, err error) {
	for _, id := range everyone() {
		q.Person = id
		one, err := s.keeping.RemoveItems(ctx, q)
		if err != nil {
			return n, err
		}
		n += one
	}
	return n, nil
}

// An openInbox store has one centre for everybody.
type openInbox struct{ keeping }

func (s openInbox) Notices(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
	q.Person = ""
	q.Limit = 1000
	return s.keeping.Notices(ctx, q)
}

// A bareFields store hides no field.
type bareFields struct{ keeping }

func (s bareFields) Fields(ctx context.Context) ([]profile.Field, error) {
	list, err := s.keeping.Fields(ctx)
	for i := range list {
		if list[i].Edit == profile.FieldHidden {
			list[i].Edit = profile.FieldByStaff
		}
	}
	return list, err
}

// A selfService store lets people change every field of theirs.
type selfService struct{ keeping }

func (s selfService) Fields(ctx context.Context) ([]profile.Field, error) {
	list, err := s.keeping.Fields(ctx)
	for i := range list {
		list[i].Edit = profile.FieldBySelf
	}
	return list, err
}

// An anySession store ends sessions whoever's they are.
type anySession struct{ keeping }

func (s anySession) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if q.ID != "" {
		q.Person = ""
	}
	return s.keeping.EndSessions(ctx, q)
}

// An openSessions store tells of everybody's sessions.
type openSessions struct{ keeping }

func (s openSessions) Sessions(ctx context.Context, _ string) (all []profile.Session, err error) {
	for _, id := range everyone() {
		list, err := s.keeping.Sessions(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// An openIdentities store tells who everybody is elsewhere.
type openIdentities struct{ keeping }

func (s openIdentities) Identities(ctx context.Context, _ string) (all []profile.Identity, err error) {
	for _, id := range everyone() {
		list, err := s.keeping.Identities(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// An openAddresses store does not ask whose an address is.
type openAddresses struct{ keeping }

func (s openAddresses) Endpoints(ctx context.Context, _, channel string) (all []profile.Endpoint, err error) {
	for _, id := range everyone() {
		list, err := s.keeping.Endpoints(ctx, id, channel)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

func (s openAddresses) RemoveEndpoints(ctx context.Context, q profile.EndpointQuery) (int, error) {
	q.Person = ""
	return s.keeping.RemoveEndpoints(ctx, q)
}

// A looseLetters store tells what was sent to an address before.
type looseLetters struct{ profile.LinkStore }

func (s looseLetters) MakeLink(ctx context.Context, l profile.Link) error {
	before, err := s.Links(ctx, profile.LinkQuery{Purpose: l.Purpose, Address: l.Address})
	if err == nil && len(before) > 0 {
		return &told{before[0].Data["note"]}
	}
	return s.LinkStore.MakeLink(ctx, l)
}

// A mixedLetters store confuses what links are about.
type mixedLetters struct{ profile.LinkStore }

func (s mixedLetters) Links(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
	q.Subject, q.Address = "", ""
	list, err := s.LinkStore.Links(ctx, q)
	for i := range list {
		list[i].Subject = "account/acme"
	}
	return list, err
}

// A givenRoles store has forgotten what roles permit, and lets managers give
// them.
type givenRoles struct{ keeping }

func (s givenRoles) Roles(ctx context.Context) ([]profile.CustomRole, error) {
	list, err := s.keeping.Roles(ctx)
	for i := range list {
		list[i].Permissions, list[i].Members = nil, true
	}
	return list, err
}

func personalTwins() []twin {
	kept := func(wrap func(keeping) keeping) build { return build{policy: profile.DefaultPolicy(), people: wrap} }
	letters := func(wrap func(profile.LinkStore) profile.LinkStore) build {
		return build{policy: profile.DefaultPolicy(), links: wrap}
	}
	writing := build{policy: generous(profile.RoleAgent, profile.PermissionDirectoryWrite)}
	return []twin{
		{"agents write the directory", writing, []string{"profile.Preferences", "profile.Consents", "profile.Export", "profile.Sessions.List", "profile.Identities.List"}, leaking},
		{"agents agree", writing, []string{"profile.Consent/refusal"}, wrong},
		{"agents make fields", writing, []string{"profile.SaveField", "profile.RemoveField"}, wrong},
		{"agents end connections", writing, []string{"profile.Connections.End"}, wrong},
		{"agents connect", build{policy: generous(profile.RoleAgent, profile.PermissionDirectoryWrite, profile.PermissionRolesGrant)}, []string{"profile.Connections.Make"}, wrong},
		{"agents see connections", writing, []string{"profile.Connections.List"}, leaking},
		{"agents link", writing, []string{"profile.Identities.Link"}, wrong},
		{"agents define roles", build{policy: generous(profile.RoleAgent, profile.PermissionRolesWrite)}, []string{"profile.SaveRole", "profile.TryRole", "profile.RemoveRole", "profile.TryRemoveRole"}, wrong},
		{"authors are told of roles", build{policy: generous(profile.RoleAuthor, profile.PermissionDirectoryRead)}, []string{"profile.Role", "profile.Roles"}, leaking},
		{"roles are anybody's to give", kept(func(k keeping) keeping { return givenRoles{k} }), []string{"profile.MayGrant"}, wrong},
		{"agents view", build{policy: generous(profile.RoleAgent, profile.PermissionImpersonate)}, []string{"profile.Sessions.View"}, wrong},
		{"authors see rights", build{policy: generous(profile.RoleAuthor, profile.PermissionDirectoryRead)}, []string{"profile.Access"}, wrong},
		{"customers invite", build{policy: generous(profile.RoleCustomer, profile.PermissionMembersRead, profile.PermissionMembersWrite)}, []string{"profile.Invitations.Invite", "profile.Invitations.Revoke"}, wrong},
		{"authors arrange", build{policy: generous(profile.RoleAuthor, profile.PermissionSegmentsWrite)}, []string{"layout.SaveRule", "layout.SavePromotion"}, wrong},
		{"promotions admit all", build{policy: profile.DefaultPolicy(), pages: func(s layout.Store) layout.Store { return barePages{s} }}, []string{"layout.Arrange"}, leaking},
		{"shelves are everybody's", kept(func(k keeping) keeping { return openShelf{k} }), []string{"profile.Shelf"}, leaking},
		{"shelves are cleared by anybody", kept(func(k keeping) keeping { return clearedShelf{k} }), []string{"profile.Unshelve/list"}, wrong},
		{"shelves show what is closed", build{policy: profile.DefaultPolicy(), anyTitle: true}, []string{"profile.Shelf/article", "profile.AllShelf/article"}, wrong},
		{"notices are everybody's", kept(func(k keeping) keeping { return openInbox{k} }), []string{"profile.Notifier.Inbox"}, leaking},
		{"fields hide nothing", kept(func(k keeping) keeping { return bareFields{k} }), []string{"profile.Fields", "profile.Person/concealed"}, leaking},
		{"people change all fields", kept(func(k keeping) keeping { return selfService{k} }), []string{"profile.SavePerson/kept", "profile.SaveAccount/kept"}, wrong},
		{"sessions end by their ID", kept(func(k keeping) keeping { return anySession{k} }), []string{"profile.Sessions.Revoke/mistaken"}, wrong},
		{"sessions are everybody's", kept(func(k keeping) keeping { return openSessions{k} }), []string{"profile.Sessions.List"}, leaking},
		{"identities are everybody's", kept(func(k keeping) keeping { return openIdentities{k} }), []string{"profile.Identities.List"}, leaking},
		{"addresses are everybody's", kept(func(k keeping) keeping { return openAddresses{k} }), []string{"webhookprofile.List"}, leaking},
		{"addresses are taken away", kept(func(k keeping) keeping { return openAddresses{k} }), []string{"webhookprofile.Remove", "pushprofile.Unsubscribe"}, wrong},
		{"links tell of others", letters(func(s profile.LinkStore) profile.LinkStore { return looseLetters{s} }), []string{"profile.Links.Make/known"}, leaking},
		{"invitations are mixed up", letters(func(s profile.LinkStore) profile.LinkStore { return mixedLetters{s} }), []string{"profile.Invitations.List"}, leaking},
	}
}

// alone returns twins of one operation each, so that one that is caught does not
// stand in for another.
func alone(twins []twin) []twin {
	var out []twin
	for _, whole := range twins {
		for _, op := range whole.ops {
			out = append(out, twin{whole.name + ", " + op, whole.build, []string{op}, whole.caught})
		}
	}
	return out
}
