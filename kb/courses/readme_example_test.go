package courses_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
	"github.com/stoa-go/stoa/profile"
)

func Example_readme() {
	school := courses.NewSchool(memcourses.New(), nil) // fees are paid by invoice, until you give it Payments
	ctx, ines := context.Background(), profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleReviewer}}
	text := func(s string) courses.Words { return courses.Words{"en": s} }
	c, _ := school.Create(ctx, ines, courses.Draft{
		Settings: courses.Settings{Audience: profile.Public(), Certificate: true},
		Content: courses.Content{Title: text("Sensors"), Modules: []courses.Module{{Title: text("Basics"), Lessons: []courses.Lesson{
			{ID: "why", Kind: courses.LessonText, Title: text("Why"), Body: text("Warmth *spoils*.")}}}}},
	})
	c, _ = school.Publish(ctx, ines, c.ID, c.Version)
	tom := profile.Actor{ID: "tom"}
	enrolled, err := school.Enrol(ctx, tom, c.ID)
	done, _ := school.Finish(ctx, tom, c.ID, "why")
	fmt.Println(c.Slug, enrolled.State, done.State, len(done.Certificates), err)
	// Output: sensors active finished 1 <nil>
}
