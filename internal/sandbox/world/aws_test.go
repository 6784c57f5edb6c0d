package world

import (
	"testing"
	"time"
)

var morning = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestShelfShowsReadersTheOldAndWritersTheNew(t *testing.T) {
	s := Shelf[OIDCProvider]{}
	s.Put("a", OIDCProvider{URL: "one"}, morning, 0)
	s.Put("a", OIDCProvider{URL: "two"}, morning, time.Minute)
	s.Put("a", OIDCProvider{URL: "three"}, morning.Add(time.Second), time.Minute)
	for after, want := range map[time.Duration]string{
		0: "one", 59 * time.Second: "one", time.Minute: "two", time.Minute + time.Second: "three", time.Hour: "three",
	} {
		if got, _ := s.Seen("a", morning.Add(after)); got.URL != want {
			t.Errorf("a reader after %v: got %q, want %q", after, got.URL, want)
		}
	}
	if got, _ := s.Latest("a"); got.URL != "three" {
		t.Errorf("a writer: got %q, want three", got.URL)
	}
}

func TestShelfForgetsWhatNobodyCanSee(t *testing.T) {
	s := Shelf[OIDCProvider]{}
	for i := range 100 {
		s.Put("a", OIDCProvider{}, morning.Add(time.Duration(i)*time.Minute), time.Second)
	}
	if got := len(s["a"]); got > 2 {
		t.Errorf("history: got %d versions, want at most 2", got)
	}
	s.Drop("a", morning.Add(time.Hour*3), 0)
	if len(s) != 0 {
		t.Errorf("after the removal: got %v, want nothing", s)
	}
}

func TestShelfKeepsRemovedThingsVisibleForTheLag(t *testing.T) {
	s := Shelf[OIDCProvider]{}
	s.Put("a", OIDCProvider{}, morning, 0)
	s.Drop("a", morning, time.Minute)
	if _, ok := s.Seen("a", morning); !ok {
		t.Error("a reader: got nothing, want the removed thing still")
	}
	if _, ok := s.Latest("a"); ok {
		t.Error("a writer: got the removed thing")
	}
	if _, ok := s.Seen("a", morning.Add(time.Minute)); ok {
		t.Error("a later reader: got the removed thing")
	}
}

func TestChangingAThingLeavesItsPastAlone(t *testing.T) {
	s := Shelf[OIDCProvider]{}
	s.Put("a", OIDCProvider{ClientIDs: []string{"old"}}, morning, 0)
	s.Change("a", morning, time.Minute, func(p *OIDCProvider) { p.ClientIDs[0] = "new" })
	if got, _ := s.Seen("a", morning); got.ClientIDs[0] != "old" {
		t.Errorf("a reader: got %v, want the old", got.ClientIDs)
	}
}

func TestFaultsAreReadStrictly(t *testing.T) {
	good := map[string]Fault{
		"aws.iam.CreateRole=Throttling*2": {"aws.iam.CreateRole", "Throttling", 2},
		"google.iam.operations.get=503":   {"google.iam.operations.get", "503", -1},
		"aws.iam.*=drop":                  {"aws.iam.*", "drop", -1},
		"aws.sqs.GetQueueUrl=AWS.Missing": {"aws.sqs.GetQueueUrl", "AWS.Missing", -1},
	}
	for spec, want := range good {
		if got, err := ParseFault(spec); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", spec, got, err, want)
		}
	}
	for _, spec := range []string{"", "x", "aws.iam.CreateRole", "iam.CreateRole=drop", "aws.iam.CreateRole=", "aws.iam.CreateRole=drop*0", "aws.iam.CreateRole=drop*x", "azure.x=drop"} {
		if got, err := ParseFault(spec); err == nil {
			t.Errorf("%q: got %+v, want an error", spec, got)
		}
	}
}

func TestIDsAreReproducibleUnderOneSeed(t *testing.T) {
	id := func(seed uint64) (id string) {
		w := New(seed, Knobs{Now: func() time.Time { return morning }})
		w.View(func(s *State, _ time.Time) {
			user, _ := s.AWS.Accounts[AccountID].Users.Latest(OperatorUser)
			id = user.ID + s.UUID()
		})
		return id
	}
	if one, two := id(7), id(7); one != two {
		t.Errorf("the same seed: got %s and %s", one, two)
	}
	if one, two := id(7), id(8); one == two {
		t.Errorf("two seeds: got %s twice", one)
	}
}

func TestSealedTokensOpenForTheirPurposeOnly(t *testing.T) {
	w := New(1, Knobs{})
	token, err := w.Seal("session", "content")
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := w.Open("session", token, &got); err != nil || got != "content" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, open := range map[string]error{
		"another purpose": w.Open("imds", token, &got),
		"touched":         w.Open("session", "AAAA"+token[4:], &got),
		"another world":   New(1, Knobs{}).Open("session", token, &got),
		"nonsense":        w.Open("session", "x", &got),
	} {
		if open == nil {
			t.Errorf("%s: the token opened", name)
		}
	}
}

func FuzzFault(f *testing.F) {
	f.Add("aws.iam.CreateRole=Throttling*2")
	f.Fuzz(func(t *testing.T, spec string) {
		if got, err := ParseFault(spec); err == nil && (got.Call == "" || got.Error == "" || got.Left == 0) {
			t.Errorf("%q: read as %+v", spec, got)
		}
	})
}
