package meminsight_test

import (
	"testing"

	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/insighttest"
	"github.com/stoa-go/stoa/kb/insight/meminsight"
)

func TestStore(t *testing.T) {
	insighttest.TestStore(t, func(*testing.T) insight.Store { return meminsight.New() })
}
