using System.Collections.Immutable;
using System.Text;
using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Protocols.Otlp.Texts;

/// <summary>
/// Makes of the text of a statement one that all statements share that differ in their values: literals become <c>#</c>, comments go, blanks become one, and a
/// list of nothing but literals and placeholders becomes its first.
/// </summary>
internal static class SqlText
{
    private static readonly ImmutableArray<string> _systems =
    [
        "mysql", "mariadb", "postgresql", "microsoft.sql_server", "mssql", "oracle.db", "oracle", "sqlite", "ibm.db2", "db2", "h2database", "h2", "hsqldb",
        "derby", "cockroachdb", "clickhouse", "trino", "teradata", "hive", "cassandra", "aws.redshift", "redshift", "gcp.spanner", "spanner", "sap.hana",
        "hanadb", "firebirdsql", "firebird", "ibm.informix", "ibm.netezza", "actian.ingres", "sap.maxdb", "other_sql",
    ];

    private static readonly ImmutableArray<string> _others =
    [
        "redis", "mongodb", "elasticsearch", "opensearch", "couchdb", "couchbase", "memcached", "dynamodb", "aws.dynamodb", "azure.cosmosdb", "cosmosdb",
        "neo4j", "hbase", "geode", "influxdb",
    ];

    private static readonly ImmutableArray<string> _verbs =
        ["select", "insert", "update", "delete", "merge", "with", "call", "exec", "create", "alter", "drop"];

    /// <summary>Whether a system's statements are SQL. Of a system that is not known, its text says so.</summary>
    public static bool IsSql(ReadOnlySpan<byte> system, ReadOnlySpan<byte> text) =>
        IsAnyOf(system, _systems) || (!IsAnyOf(system, _others) && IsAnyOf(FirstWord(text), _verbs));

    /// <summary>The first word of a text: its command.</summary>
    public static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\r\n"u8);
        int end = text.IndexOfAny(" \t\r\n("u8);
        return end < 0 ? text : text[..end];
    }

    /// <summary>Writes a statement without its values.</summary>
    public static void Normalize(ReadOnlySpan<byte> text, ReadOnlySpan<byte> system, TextBuffer into)
    {
        SqlTokens tokens = new(text, SqlDialects.Of(system));
        SqlLists lists = new(into);
        while (tokens.Next())
        {
            switch (tokens.Kind)
            {
                case SqlTokenKind.Blank:
                    lists.AddBlank();
                    break;
                case SqlTokenKind.Literal:
                    lists.AddItem("#"u8);
                    break;
                case SqlTokenKind.Placeholder:
                    lists.AddItem(tokens.Text);
                    break;
                default:
                    lists.AddOther(tokens.Text);
                    break;
            }
        }
    }

    private static bool IsAnyOf(ReadOnlySpan<byte> text, ImmutableArray<string> names)
    {
        foreach (string name in names)
        {
            if (text.Length == name.Length && Ascii.EqualsIgnoreCase(text, name))
            {
                return true;
            }
        }

        return false;
    }
}
