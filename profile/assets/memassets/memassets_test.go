package memassets_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/assetstest"
	"github.com/stoa-go/stoa/profile/assets/memassets"
)

func TestStore(t *testing.T) {
	assetstest.TestStore(t, func(*testing.T) assets.Store { return memassets.New() })
}
