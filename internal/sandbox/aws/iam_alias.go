package aws

import (
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

func aliasOperations() []operation {
	return iam(
		operation{action: "ListAccountAliases", read: accountAliases},
		operation{action: "CreateAccountAlias", write: createAlias},
		operation{action: "DeleteAccountAlias", write: deleteAlias},
	)
}

func accountAliases(c *call) (result, error) {
	var aliases []string
	if c.account.Alias != "" {
		aliases = append(aliases, c.account.Alias)
	}
	some, paging, err := page(c, aliases, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.Texts("AccountAliases", "member", some...)}, paging...)...)
}

var aliasShape = shape.Of(`^[a-z0-9](-?[a-z0-9]){2,62}$`)

func (c *call) alias() (string, error) {
	alias, err := c.need("AccountAlias")
	if err == nil && (!aliasShape(alias) || len(alias) > 63) {
		err = invalid("AccountAlias", alias, "Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")
	}
	return alias, err
}

// createAlias gives the account a name in the place of the one it had. No two accounts have the same.
func createAlias(c *call) (result, error) {
	alias, err := c.alias()
	if err != nil {
		return result{}, err
	}
	for _, other := range c.state.AWS.Accounts {
		if other.Alias == alias && other.ID != c.account.ID {
			return result{}, exists("The account alias " + alias + " already exists.")
		}
	}
	c.account.Alias = alias
	return result{}, nil
}

func deleteAlias(c *call) (result, error) {
	alias, err := c.alias()
	if err != nil {
		return result{}, err
	}
	if c.account.Alias != alias {
		return result{}, noSuch("The account alias " + alias + " cannot be found.")
	}
	c.account.Alias = ""
	return result{}, nil
}
