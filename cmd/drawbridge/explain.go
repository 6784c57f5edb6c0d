package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

type explainOptions struct {
	streams
	output outputFlags
	text   string
}

// explainDocument is drawbridge.explain/v1.
type explainDocument struct {
	heading
	Known   bool         `json:"known"`
	Matches []knownCause `json:"matches"`
	Collect []string     `json:"collect"` // for an unknown message: what to have at hand
}

// knownCause is one cause that fits.
type knownCause struct {
	Row      int      `json:"row"`
	Step     string   `json:"step"`
	Cause    string   `json:"cause"`
	Who      string   `json:"who"`
	Do       []string `json:"do"`
	Evidence string   `json:"evidence"`
	Sources  []string `json:"sources"`
}

func newExplain(s streams) *cobra.Command {
	o := &explainOptions{streams: s}
	c := &cobra.Command{
		Use:   "explain [TEXT]",
		Short: "Explain an error message: cause, who can mend it, what to do",
		Long: `Explain an error message of Google Cloud, of AWS or of a client library on the way between them. The message is an
argument or comes from stdin; its case, its line breaks and the ids in it do not count. No cloud is asked.

Exit code 0: known. 3: unknown, with what to collect.`,
		Example: "  drawbridge explain 'Incorrect token audience'\n  terraform apply 2>&1 | drawbridge explain",
		RunE: func(_ *cobra.Command, args []string) error {
			o.text = strings.Join(args, " ")
			return runExplain(o)
		},
	}
	o.output.bind(c)
	return c
}

// maxMessage bounds what is read as a message.
const maxMessage = 1 << 20

func runExplain(o *explainOptions) error {
	if o.text == "" {
		if o.inTerminal {
			return usage("no message was given", "pass it as an argument, in quotes, or on stdin")
		}
		data, err := io.ReadAll(io.LimitReader(o.in, maxMessage))
		if err != nil {
			return &usageError{what: "read stdin: " + err.Error(), do: []string{"pass the message as an argument"}, err: err}
		}
		o.text = string(data)
	}
	if strings.TrimSpace(o.text) == "" {
		return usage("the message is empty", "pass it as an argument, in quotes, or on stdin")
	}
	d := explanationOf(o.text)
	if o.output.json() {
		if err := o.document("drawbridge.explain/v1", d); err != nil {
			return err
		}
	} else {
		o.told.printed = true
		newPrinter(o.out, o.streams, o.output.noColor, o.outTerminal).explanation(d)
	}
	if !d.Known {
		return &noError{answer: "the message is not known"}
	}
	return nil
}

func explanationOf(text string) *explainDocument {
	d := &explainDocument{Matches: []knownCause{}, Collect: []string{}}
	for _, r := range explain.Explain(text) {
		d.Matches = append(d.Matches, knownCause{r.Number, r.Step, r.Cause, r.Who, r.Do, r.Evidence, r.Sources})
	}
	if d.Known = len(d.Matches) > 0; !d.Known {
		d.Collect = []string{
			"the whole message with the provider's code and request id, without tokens and keys",
			"the result of drawbridge verify --format json: it names the hop that fails",
			"a log of the calls: drawbridge verify --log calls.log",
		}
	}
	return d
}

// explanation writes the causes, the most particular first.
func (p printer) explanation(d *explainDocument) {
	arrow := p.symbol("→", "->")
	if !d.Known {
		p.line("This message is not known. Collect:")
		for _, c := range d.Collect {
			p.line("  %s %s", arrow, c)
		}
		return
	}
	if len(d.Matches) > 1 {
		p.line("%s", p.muted(plural(len(d.Matches), "cause fits", "causes fit")+", the most particular first"))
	}
	for i, m := range d.Matches {
		if i > 0 {
			p.blank()
		}
		p.line("%s", p.strong(m.Cause))
		p.line("  who can mend it: %s", m.Who)
		for _, do := range m.Do {
			p.line("  %s %s", arrow, do)
		}
		if m.Evidence == "U" {
			p.line("  %s", p.muted("documented, but this wording was not seen: do not rely on it alone"))
		}
	}
}
