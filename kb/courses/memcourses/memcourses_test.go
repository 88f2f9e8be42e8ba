package memcourses_test

import (
	"testing"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/coursestest"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
)

func TestStore(t *testing.T) {
	coursestest.TestStore(t, func(*testing.T) courses.Store { return memcourses.New() })
}
