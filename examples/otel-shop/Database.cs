using System.Diagnostics;
using Npgsql;

namespace OtelShop;

/// <summary>Runs statements, and counts them. Thread safe.</summary>
internal sealed class Database(NpgsqlDataSource source, Counts counts)
{
    /// <summary>Makes the tables where there are none; of several shops that start together one makes them.</summary>
    public async Task CreateAsync()
    {
        await using NpgsqlCommand command = source.CreateCommand(
            """
            SELECT pg_advisory_xact_lock(1);
            CREATE TABLE IF NOT EXISTS product (id int PRIMARY KEY, price int NOT NULL);
            CREATE TABLE IF NOT EXISTS sale (product int NOT NULL, amount int NOT NULL, note text NOT NULL);
            INSERT INTO product SELECT n, n * 100 FROM generate_series(0, 9) AS n ON CONFLICT DO NOTHING;
            """);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs a statement for a request, and returns the first value of its first row.</summary>
    public async Task<object?> RunAsync(HttpContext context, string statement, params int[] values)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = statement;
        foreach (int value in values)
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        }

        long began = Stopwatch.GetTimestamp();
        bool hasFailed = true;
        try
        {
            object? first = await command.ExecuteScalarAsync();
            hasFailed = false;
            return first;
        }
        finally
        {
            counts.AddStatement(context, statement, hasFailed, Stopwatch.GetElapsedTime(began));
        }
    }
}
