using System.Collections.Concurrent;
using System.Text;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire.Fresh;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>The names that generated samples draw from: the sizes of a middling production system. The same in every run. Thread safe.</summary>
/// <param name="serviceCount">How many services there are.</param>
internal sealed class Population(int serviceCount = Population.ServiceCount)
{
    public const int ServiceCount = 400;
    public const int AgentCount = 20;
    public const int AddressCount = 10_000;
    public const int UserCount = 50_000;
    public const int StatementCount = 300;
    public const int ExceptionCount = 40;

    private static readonly string[] _areas = ["account", "cart", "catalog", "checkout", "delivery", "invoice", "search", "support"];
    private static readonly string[] _actions = ["list", "detail", "create", "update", "remove", "export", "validate", "preview", "history", "summary"];

    private readonly ConcurrentDictionary<(byte[][] Texts, bool IsSkewed), TextChoices> _choices = [];

    public byte[][] Services { get; } =
        Make(serviceCount, i => $"/api/v1/{_areas[i % _areas.Length]}/{_actions[i / _areas.Length % _actions.Length]}/{i / 80}");

    public byte[][] Agents { get; } = Make(AgentCount, i => $"shop-{_areas[i % _areas.Length]}-{8080 + i}");

    public byte[][] Addresses { get; } = Make(AddressCount, i => $"10.{i / 2_500}.{i / 250 % 10 + 16}.{i % 250 + 1}");

    public byte[][] Users { get; } = Make(UserCount, i => $"user-{i:D5}");

    public byte[][] Statements { get; } =
        Make(StatementCount, i => (i % 4) switch
        {
            0 => $"SELECT id, name, price, stock FROM {_areas[i % 8]}_{i} WHERE tenant = # AND id = #",
            1 => $"UPDATE {_areas[i % 8]}_{i} SET state = #, changed_at = # WHERE id = #",
            2 => $"INSERT INTO {_areas[i % 8]}_{i} (id, tenant, amount) VALUES (#, #, #)",
            _ => $"DELETE FROM {_areas[i % 8]}_{i} WHERE expires_at < #",
        });

    public byte[][] Databases { get; } = Make(4, i => $"jdbc:postgresql://db-{i}.internal:5432/shop");

    public byte[][] Hosts { get; } = Make(8, i => $"{_areas[i]}.internal");

    public byte[][] Exceptions { get; } = Make(ExceptionCount, i => $"com.example.shop.{_areas[i % 8]}.Failure{i}Exception");

    public byte[][] Methods { get; } = Make(4, i => new[] { "GET", "POST", "PUT", "DELETE" }[i]);

    public byte[][] Severities { get; } = Make(3, i => new[] { "Info", "Warning", "Critical" }[i]);

    public byte[][] Levels { get; } = Make(3, i => new[] { "EVENT", "ALARM", "ALERT" }[i]);

    public byte[][] EventTypes { get; } = Make(5, i => new[] { "ES010", "ES020", "EU400", "EU410", "EU420" }[i]);

    public byte[][] Labels { get; } = Make(AgentCount, i => $$"""{"agent":"shop-{{i}}","zone":"z{{i % 3}}"}""");

    public byte[][] Annotations { get; } = Make(AgentCount, i => $$"""{"runbook":"https://docs.example.com/runbooks/{{i}}","summary":"Alarm of shop-{{i}}"}""");

    /// <summary>Names to choose from, all equally often.</summary>
    public TextChoices EquallyOften(byte[][] names) => _choices.GetOrAdd((names, false), _ => new TextChoices(names));

    /// <summary>Names to choose from, the first most often, as endpoints of real services are.</summary>
    public TextChoices Skewed(byte[][] names) => _choices.GetOrAdd((names, true), _ => new TextChoices(names, new ZipfChoice(names.Length)));

    private static byte[][] Make(int count, Func<int, string> name)
    {
        byte[][] names = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            names[i] = Encoding.UTF8.GetBytes(name(i));
        }

        return names;
    }
}
