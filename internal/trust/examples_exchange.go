package trust

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// AdmittedByExchange says which callers of an AWS account a provider and, where members are named, a binding let in. The
// examples are found by trying roles and users that the condition, the mapping and the members spell out, and strangers.
func AdmittedByExchange(x Exchange, account string) (Admitted, error) {
	if strings.TrimSpace(x.Condition) != "" {
		if err := CheckCondition(x.Condition); err != nil {
			return Admitted{}, err
		}
	}
	out := Admitted{Words: []string{exchangeWords(x, account)}}
	tried := callers(decisive(x), account)
	admits := func(c map[string]any) bool {
		v, err := ReadAssertion(x, c)
		return err == nil && v.Admitted
	}
	out.In = pickFirst(tried, admits)
	if out.In == nil {
		out.Words, out.Out = nil, tried[0]
		return out, nil
	}
	out.Out = nearest(tried, out.In, func(c map[string]any) bool { return !admits(c) })
	return out, nil
}

func exchangeWords(x Exchange, account string) string {
	text := "any identity of AWS account " + account
	if strings.TrimSpace(x.Condition) != "" {
		text = "identities of AWS account " + account + " for which " + strings.TrimSpace(x.Condition)
	}
	if len(x.Members) > 0 {
		text += ", as " + strings.Join(x.Members, " or ")
	}
	return text
}

// decisive are the texts that decide: literals of the condition and of the mapping, and what the members name.
func decisive(x Exchange) []string {
	var out []string
	for _, expression := range append([]string{x.Condition}, mappingTexts(x.Mapping)...) {
		out = append(out, literals(expression)...)
	}
	for _, m := range x.Members {
		if _, value, ok := strings.Cut(m, "/attribute."); ok {
			_, value, _ = strings.Cut(value, "/")
			out = append(out, value)
		}
		if _, value, ok := strings.Cut(m, "/subject/"); ok {
			out = append(out, value)
		}
	}
	return out
}

func mappingTexts(mapping map[string]string) []string {
	var out []string
	for _, e := range mapping {
		out = append(out, e)
	}
	return out
}

// literals are the texts that an expression spells out; none when it cannot be read.
func literals(expression string) []string {
	if strings.TrimSpace(expression) == "" {
		return nil
	}
	tree, err := compileCondition(expression)
	if err != nil {
		return nil
	}
	return literalsOf(tree)
}

func literalsOf(tree *cel.Ast) []string {
	var out []string
	ast.PreOrderVisit(tree.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if text, ok := literalText(e); ok && text != "" {
			out = append(out, text)
		}
	}))
	return out
}

// callers are identities of the account: strangers, and those whose ARN holds one of the texts where it could.
func callers(from []string, account string) []map[string]any {
	list := strangers(account)
	add := func(arn, userID string) {
		list = append(list, map[string]any{"arn": arn, "account": account, "userid": userID})
	}
	const instance, user = "AROAZZZZZZZZZZZZZZZZZ:i-0123456789abcdef0", "AIDAZZZZZZZZZZZZZZZZZ"
	role := "arn:aws:sts::" + account + ":assumed-role/"
	for _, text := range from {
		name := text
		if _, after, ok := strings.Cut(text, "assumed-role/"); ok {
			name = after
		}
		name = strings.Trim(name, "/^$:*")
		add(role+name+"/i-0123456789abcdef0", instance)
		add(role+name, instance) // a session is part of the text already
		add(role+"zq-some-role/"+name, "AROAZZZZZZZZZZZZZZZZZ:"+name)
		add("arn:aws:iam::"+account+":user/"+name, user)
		add(text, instance)
		add(text+"i-0123456789abcdef0", instance)
		list = append(list, map[string]any{"arn": role + "zq-some-role/zq", "account": account, "userid": text})
	}
	return list
}
