using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// Makes statements of the commands that SqlClient and EF Core tell of, where the provider has no activity of its own. Of a connection only system, host, port
/// and database are read, never its connection string. Thread safe.
/// </summary>
internal sealed class CommandCollector(HttpContextReader? requests, EntryTable entries, SampleSink sink, TimeProvider clock)
    : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string SqlServer = "microsoft.sql_server";
    private const string Sqlite = "sqlite";
    private const string MySql = "mysql";
    private const string SqlClient = "SqlClientDiagnosticListener";
    private const string EntityFramework = "Microsoft.EntityFrameworkCore";
    private const string Executed = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuted";
    private const string Failed = "Microsoft.EntityFrameworkCore.Database.Command.CommandError";
    private const string Before = "WriteCommandBefore";
    private const string After = "WriteCommandAfter";
    private const string Error = "WriteCommandError";

    // Commands whose end is not told are forgotten when so many wait.
    private const int MaxRunning = 10_000;

    private readonly PayloadReader<DbCommand> _command = new("Command");
    private readonly PayloadReader<TimeSpan> _duration = new("Duration");
    private readonly ConcurrentDictionary<DbCommand, long> _running = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    /// <summary>Begins to observe, until this is disposed.</summary>
    public void Start() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == EntityFramework)
        {
            _subscriptions.Add(value.Subscribe(this, static name => name is Executed or Failed));
        }
        else if (value.Name == SqlClient)
        {
            _subscriptions.Add(value.Subscribe(this, static name => IsOf(name, Before) || IsOf(name, After) || IsOf(name, Error)));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The application must never see a fault of the agent; it is counted and logged.")]
    public void OnNext(KeyValuePair<string, object?> value)
    {
        try
        {
            if (value.Value is { } payload && _command.Read(payload) is { } command)
            {
                Take(value.Key, payload, command);
            }
        }
        catch (Exception fault)
        {
            sink.Fault(fault);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        while (_subscriptions.TryTake(out IDisposable? subscription))
        {
            subscription.Dispose();
        }
    }

    /// <summary>The system of a provider, by its namespace; null for one that tells of its commands itself.</summary>
    internal static string? SystemOf(string provider) => provider switch
    {
        "Npgsql" or "Microsoft.Data.SqlClient" or "System.Data.SqlClient" => null,
        _ when provider.Contains("Sqlite", StringComparison.OrdinalIgnoreCase) => Sqlite,
        _ when provider.Contains("MySql", StringComparison.OrdinalIgnoreCase) => MySql,
        _ when provider.Contains("Oracle", StringComparison.OrdinalIgnoreCase) => "oracle.db",
        _ => "other_sql",
    };

    private static bool IsOf(string name, string what) => name.EndsWith(what, StringComparison.Ordinal);

    private void Take(string name, object payload, DbCommand command)
    {
        if (name is Executed or Failed)
        {
            if (SystemOf(command.GetType().Namespace ?? "") is { } system)
            {
                Add(command, system, _duration.Read(payload), name == Failed);
            }
        }
        else if (IsOf(name, Before))
        {
            if (_running.Count >= MaxRunning)
            {
                _running.Clear();
            }

            _running[command] = clock.GetTimestamp();
        }
        else if (_running.TryRemove(command, out long began))
        {
            Add(command, SqlServer, clock.GetElapsedTime(began), IsOf(name, Error));
        }
    }

    private void Add(DbCommand command, string system, TimeSpan elapsed, bool isError)
    {
        QueuedSample sample = new()
        {
            Kind = SampleKind.Sql,
            Time = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Elapsed = elapsed,
            Name = command.CommandText,
            Form = system == MySql ? NameForm.MySql : NameForm.Sql,
            System = system,
            Txid = Activity.Current?.TraceId.ToHexString(),
            Error = isError,
            Count = -1,
        };
        if (command.Connection is { } connection)
        {
            sample.Host = system == Sqlite ? null : connection.DataSource;
            sample.Database = connection.Database;
        }

        if (ActivityCollector.Relate(Activity.Current, requests, entries, ref sample) is { } entry)
        {
            entries.Add(entry, SampleKind.Sql, elapsed);
        }

        sink.Add(sample);
    }
}
