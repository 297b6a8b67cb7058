namespace TimeSeries.Agent.Collecting;

/// <summary>Which database systems take SQL. The texts of others may hold anything, and are never sent.</summary>
internal static class SqlSystems
{
    private static readonly HashSet<string> _systems =
    [
        "mysql", "mariadb", "postgresql", "microsoft.sql_server", "mssql", "oracle.db", "oracle", "sqlite", "ibm.db2", "db2", "h2database", "h2", "hsqldb",
        "derby", "cockroachdb", "clickhouse", "trino", "teradata", "hive", "cassandra", "aws.redshift", "redshift", "gcp.spanner", "spanner", "sap.hana",
        "hanadb", "firebirdsql", "firebird", "ibm.informix", "ibm.netezza", "actian.ingres", "sap.maxdb", "other_sql",
    ];

    private static readonly string[] _verbs = ["select", "insert", "update", "delete", "merge", "with", "call", "exec", "create", "alter", "drop"];

    private static readonly HashSet<string> _others = ["redis", "mongodb", "elasticsearch", "memcached", "couchdb", "couchbase", "dynamodb", "aws.dynamodb",
        "cosmosdb", "azure.cosmosdb", "neo4j", "influxdb", "opensearch", "hbase", "geode", "milvus", "pinecone"];

    /// <summary>Whether a text is SQL: its system says so, or it is unknown and the text begins as a statement does.</summary>
    public static bool IsSql(string? system, string text)
    {
        if (system is not null && (_systems.Contains(system) || _others.Contains(system)))
        {
            return _systems.Contains(system);
        }

        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        foreach (string verb in _verbs)
        {
            if (start.StartsWith(verb, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
