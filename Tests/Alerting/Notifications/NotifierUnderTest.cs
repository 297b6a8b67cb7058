using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Files;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>A notifier with real parts on a disk in memory and a clock that a test moves. It may be started again.</summary>
internal sealed class NotifierUnderTest : IDisposable
{
    public const long Pcode = 7;

    private const string Directory = "/alerting/rules";

    private readonly Dictionary<string, AlertTransition> _newest = [];
    private SilenceBook _silences = null!;
    private WebhookSender _sender = null!;

    public NotifierUnderTest() => Start();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MemoryFileSystem Files { get; } = new();

    public Notifier Notifier { get; private set; } = null!;

    public ReceiverBook Receivers { get; private set; } = null!;

    /// <summary>Makes a receiver: <c>{"url": the address of a server, …}</c>.</summary>
    public void PutReceiver(string name, Uri url, string further = "") =>
        Receivers.Put(Pcode, name, JsonElement.Parse($$"""{"url":"{{url}}"{{further}}}"""));

    /// <summary>Silences a host for so long.</summary>
    public void Silence(string host, TimeSpan time)
    {
        string json = $$"""
            {"matchers":[{"label":"host","equals":"{{host}}"}],"from":{{Milliseconds(Clock.GetUtcNow())}},"to":{{Milliseconds(Clock.GetUtcNow() + time)}}}
            """;
        _silences.Put(Pcode, "of-" + host, JsonElement.Parse(json));
    }

    public void EndSilence(string host) => _silences.Delete(Pcode, "of-" + host);

    public void Fire(string host, string rule = "slow", AlertSeverity severity = AlertSeverity.Warning) => Add(Make(host, rule, severity, isFiring: true));

    public void Resolve(string host, string rule = "slow", AlertSeverity severity = AlertSeverity.Warning) =>
        Add(Make(host, rule, severity, isFiring: false));

    /// <summary>Tells of an alert that an agent pushed, with a label of its own.</summary>
    public void Push(string host)
    {
        AlertTransition alert = Make(host, "", AlertSeverity.Warning, isFiring: true);
        Notifier.Add(alert with { IsEvent = true, Group = alert.Id.ToString(), Labels = alert.Labels.Remove("rule") });
    }

    /// <summary>Lets time pass, second by second, and waits for what is sent in each.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (DateTimeOffset end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Notifier.Step();
            await Notifier.WhenSentAsync();
        }

        Notifier.Step();
    }

    public Task PassAsync(double seconds) => PassAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Ends the notifier, as a kill does, and starts another one, which gets the newest transition of each group, as recovery gives it.</summary>
    public void Restart()
    {
        Notifier.Dispose();
        _sender.Dispose();
        Start();
        foreach (AlertTransition transition in _newest.Values)
        {
            Notifier.Add(transition);
        }
    }

    /// <summary>What is stored while the notifier does not run.</summary>
    public void Store(AlertTransition transition) => _newest[$"{transition.Rule}/{transition.Group}"] = transition;

    public AlertTransition Make(string host, string rule, AlertSeverity severity, bool isFiring)
    {
        long now = Milliseconds(Clock.GetUtcNow());
        long since = isFiring ? now : _newest.GetValueOrDefault($"{rule}/{host}")?.FiringSince ?? now;
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return new AlertTransition
        {
            Pcode = Pcode,
            Rule = rule,
            Id = Guid.NewGuid(),
            Group = host,
            IsFiring = isFiring,
            Time = now,
            PendingSince = since,
            FiringSince = since,
            Severity = severity,
            Source = host,
            Title = $"{host} is slow",
            Description = "",
            Labels = none.Add("host", host).Add("rule", rule),
            Annotations = none.Add("value", "900"),
        };
    }

    public void Dispose()
    {
        Notifier.Dispose();
        _sender.Dispose();
    }

    private static long Milliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();

    private void Add(AlertTransition transition)
    {
        Store(transition);
        Notifier.Add(transition);
    }

    private void Start()
    {
        Receivers = new ReceiverBook(new DefinitionFiles(Files, Directory, "receivers"));
        Receivers.Load(Pcode);
        _silences = new SilenceBook(new DefinitionFiles(Files, Directory, "silences"), Clock);
        _silences.Load(Pcode);
        _sender = new WebhookSender(new TargetAddresses(allowLoopback: true, publicOnly: false), Clock);
        Notifier = new Notifier(
            Receivers, _silences, _sender, new DeliveryFile(Files, Directory), Clock, jitter: () => 0.5, publicUrl: "", NullLogger<Notifier>.Instance);
        Notifier.Load(Pcode);
    }
}
