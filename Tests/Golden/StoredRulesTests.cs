using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Files;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Golden;

/// <summary>
/// The directory that the Server of 30 November 2026 left when it was stopped: two rules, one firing for two services and one pending, a receiver that was told
/// of one service, and a silence for the other. Today's Server goes on from there.
/// </summary>
internal sealed class StoredRulesTests
{
    private const string Archive = "rules-directory.zip";
    private const long Since = 1_796_032_175_000;

    // Two seconds after the last evaluation, when the next is due, and before anything could end.
    private static readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(1_796_032_212_000);

    private TemporaryFolder _folder = null!;

    private string Data => _folder["data"];

    private string Rules => Path.Combine(Data, "rules");

    [SetUp]
    public void Unpack()
    {
        _folder = new TemporaryFolder();
        ZipFile.ExtractToDirectory(GoldenFile.PathOf(Archive), _folder);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Each_definition_is_read_and_gives_the_same_bytes()
    {
        Assert.Multiple(() =>
        {
            Compare("rules/slow.json", json => RuleFormat.WriteStored(RuleFormat.ReadStored(json, "slow", 1)));
            Compare("rules/busy.json", json => RuleFormat.WriteStored(RuleFormat.ReadStored(json, "busy", 1)));
            Compare("receivers/ops.json", json => ReceiverFormat.ToFile(ReceiverFormat.Read(json, "ops", "a-secret-of-the-receiver")));
            Compare("silences/night.json", json => DefinitionFiles.ToJson(writer => SilenceFormat.WriteFields(writer, SilenceFormat.Read(json, "night"))));
        });
    }

    [Test]
    public void What_receivers_were_told_is_read_and_gives_the_same_bytes()
    {
        Dictionary<string, ReceiverLane> lanes = new DeliveryFile(new DiskFileSystem(), Rules).Read(1);
        DeliveredAlert told = lanes["ops"].Rule("slow").Delivered.Values.Single();
        Assert.That((told.IsFiring, told.Time), Is.EqualTo((true, Since)));
        GoldenFile.CompareBytes("delivered.json", File.ReadAllBytes(PathOf("delivered.json")), DeliveryFile.ToJson(lanes.Values));
    }

    [Test]
    public void Members_that_a_later_build_adds_to_what_is_remembered_are_passed_over()
    {
        Dictionary<string, ReceiverLane> lanes = new DeliveryFile(new DiskFileSystem(), Rules).Read(1);
        Add("delivered.json");
        Add("state.json");
        Assert.That(DeliveryFile.ToJson(new DeliveryFile(new DiskFileSystem(), Rules).Read(1).Values), Is.EqualTo(DeliveryFile.ToJson(lanes.Values)));
        The_states_of_rules_are_read();

        void Add(string name)
        {
            JsonNode root = JsonNode.Parse(File.ReadAllBytes(PathOf(name)))!;
            AddLater(root);
            new DiskFileSystem().Replace(PathOf(name), Encoding.UTF8.GetBytes(root.ToJsonString()));
        }
    }

    [Test]
    public void The_states_of_rules_are_read()
    {
        var saved = new RuleCheckpoint(new DiskFileSystem(), new AlertingDirectory(Rules), NullLogger<RuleCheckpoint>.Instance).Load(1);
        Assert.Multiple(() =>
        {
            Assert.That(saved.Values.Select(rule => (rule.Name, rule.Revision, rule.NextTime)), Is.EquivalentTo(new[]
            {
                ("busy", 1, 1_796_032_210_000), ("slow", 1, 1_796_032_210_000),
            }));
            Assert.That(saved["busy"].Groups.Select(group => (group.Labels.Length, group.PendingSince, group.FiringSince, group.Value)),
                Is.EqualTo(new[] { (0, Since, (long?)null, "6") }));
            Assert.That(saved["slow"].Groups.Select(group => (group.Labels.Single(), group.PendingSince, group.FiringSince, group.Value)),
                Is.EqualTo(new[] { ("/cart", Since, (long?)Since, "500"), ("/pay", Since, (long?)Since, "900") }));
        });
    }

    [Test]
    public async Task A_server_goes_on_from_them()
    {
        FakeTimeProvider clock = new(_now);
        await using RunningServer server = await RunningServer.StartAsync(
            Data,
            services => services.AddSingleton<TimeProvider>(clock).AddSingleton(new Machine("golden-machine-of-stored-rules-1")),
            "--Alerting:Delay=0s");
        RuleEngine engine = server.Services.GetRequiredService<RuleEngine>();
        await WhileTimePassesAsync(clock, () => engine.All is [_, _] && engine.All.All(rule => rule.Progress.NextTime > _now.ToUnixTimeMilliseconds()));
        JsonElement slow = JsonElement.Parse(await server.Client.GetAsync("/api/v1/rules/slow"));
        JsonElement busy = JsonElement.Parse(await server.Client.GetAsync("/api/v1/rules/busy"));
        JsonElement alerts = JsonElement.Parse(await server.Client.GetAsync("/api/v1/alerts"));
        JsonElement receivers = JsonElement.Parse(await server.Client.GetAsync("/api/v1/receivers"));
        JsonElement silences = JsonElement.Parse(await server.Client.GetAsync("/api/v1/silences"));
        using HttpResponseMessage again = await server.Client.SendAsync(
            Encoding.UTF8.GetBytes("""
                {"id":"0e0e0e0e-0000-4000-8000-000000000009","agent":{"oname":"shop"},
                "transaction":[{"time":1796032205000,"service":"/cart","elapsed":500}]}
                """),
            "application/json");
        JsonElement resent = JsonElement.Parse(await again.Content.ReadAsStringAsync());
        Assert.Multiple(() =>
        {
            Assert.That(slow.GetProperty("groups").EnumerateArray().Select(Describe), Is.EqualTo(new[]
            {
                "/cart firing 2026-11-30T09:49:35.000Z", "/pay firing 2026-11-30T09:49:35.000Z",
            }));
            Assert.That(busy.GetProperty("groups").EnumerateArray().Select(Describe), Is.EqualTo(new[] { " pending 2026-11-30T09:49:35.000Z" }));
            Assert.That(alerts.GetProperty("alerts").EnumerateArray().Select(Describe), Is.EquivalentTo(new[]
            {
                " pending 2026-11-30T09:49:35.000Z", "/cart firing 2026-11-30T09:49:35.000Z", "/pay firing 2026-11-30T09:49:35.000Z",
            }));
            Assert.That(receivers.ToString(), Does.Contain("\"failuresInARow\":0").And.Not.Contain("a-secret-of-the-receiver"));
            Assert.That(silences.ToString(), Does.Contain("the night").And.Contain("active"));
            Assert.That(resent.GetProperty("duplicate").GetBoolean(), Is.True, resent.ToString());
        });

        // Nobody is told again what was told, nor what is silenced; when a notification is due again after four hours, it goes where it can't arrive.
        Notifier notifier = server.Services.GetRequiredService<Notifier>();
        Assert.That(notifier.Report(1)["ops"].Health.Failed, Is.Zero);
        clock.Advance(TimeSpan.FromHours(4));
        await WhileTimePassesAsync(clock, () => notifier.Report(1)["ops"].Health.Failed > 0);
    }

    private static Task WhileTimePassesAsync(FakeTimeProvider clock, Func<bool> happened) => Eventually.IsTrueAsync(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(10));
        return happened();
    });

    private static string Describe(JsonElement group) =>
        $"{(group.GetProperty("labels").TryGetProperty("service", out JsonElement service) ? service : "")} {group.GetProperty("state")} "
            + group.GetProperty("since");

    private void Compare(string file, Func<JsonElement, byte[]> rewrite)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(file));
        GoldenFile.CompareBytes(file, bytes, rewrite(JsonElement.Parse(Encoding.UTF8.GetString(bytes))));
    }

    // A member of each object, at every depth.
    private static void AddLater(JsonNode? node)
    {
        foreach (JsonNode? inner in node is JsonArray array ? array.AsEnumerable() : node is JsonObject members ? members.Select(member => member.Value) : [])
        {
            AddLater(inner);
        }

        if (node is JsonObject added)
        {
            added["later"] = new JsonObject { ["x"] = new JsonArray(1) };
        }
    }

    private string PathOf(string file) => Path.Combine(Rules, "1", file);
}
