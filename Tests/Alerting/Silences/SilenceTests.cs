using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Files;

namespace TimeSeries.Tests.Alerting.Silences;

/// <summary>Which alerts are silenced, and silences as people write them.</summary>
public sealed class SilenceTests
{
    private static readonly ImmutableDictionary<string, string> _labels = ImmutableDictionary<string, string>.Empty.Add("rule", "slow").Add("host", "web-1");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 2, 9, 10, 0, 0, TimeSpan.Zero));
    private MemoryFileSystem _files = null!;
    private SilenceBook _book = null!;

    [SetUp]
    public void Open()
    {
        _files = new MemoryFileSystem();
        _book = Reopen();
    }

    [TestCase("2026-02-09T09:59:59.999Z", false)]
    [TestCase("2026-02-09T10:00:00Z", true)]
    [TestCase("2026-02-09T11:59:59.999Z", true)]
    [TestCase("2026-02-09T12:00:00Z", false)]
    public void A_silence_covers_from_its_start_to_before_its_end_also_after_a_restart(string at, bool isSilenced)
    {
        Put("s", """[{"label":"host","glob":"web-*"},{"label":"rule","equals":"slow"}]""");

        Assert.That(Reopen().Find(7, _labels, At(at)) is not null, Is.EqualTo(isSilenced));
    }

    [Test]
    public void All_matchers_must_match_and_a_label_that_is_not_there_is_empty()
    {
        Put("both", """[{"label":"host","equals":"web-1"},{"label":"rule","equals":"other"}]""");
        Assert.That(Found(), Is.Null);
        Put("absent", """[{"label":"rule","equals":"slow"},{"label":"team","equals":""},{"label":"zone","glob":"*"}]""");
        Assert.That(Found(), Is.EqualTo("absent"));
    }

    [Test]
    public void Of_several_the_one_that_ends_last_counts_and_other_projects_have_none()
    {
        Put("a", """[{"label":"rule","equals":"slow"}]""");
        Put("b", """[{"label":"rule","equals":"slow"}]""", to: "2026-02-09T13:00:00+00:00");
        Put("c", """[{"label":"rule","equals":"slow"}]""");

        Assert.That(Found(), Is.EqualTo("b"));
        Assert.That(_book.Find(8, _labels, _clock.GetUtcNow()), Is.Null);
        Assert.That(_book.Delete(7, "b"), Is.True);
        Assert.That(Found(), Is.EqualTo("a"));
    }

    [Test]
    public void What_ended_days_ago_goes_when_another_one_comes()
    {
        Put("old", """[{"label":"rule","equals":"slow"}]""");
        _clock.SetUtcNow(At("2026-02-14T11:00:00Z"));
        Put("new", """[{"label":"rule","equals":"slow"}]""", to: "2026-03-01T00:00:00Z");
        Assert.That(_book.Of(7).Keys, Is.EqualTo(new[] { "new", "old" }));
        _clock.SetUtcNow(At("2026-02-14T12:00:01Z"));
        Put("newer", """[{"label":"rule","equals":"slow"}]""", to: "2026-03-01T00:00:00Z");

        Assert.That(_book.Of(7).Keys, Is.EqualTo(new[] { "new", "newer" }));
        Assert.That(Reopen().Of(7).Keys, Is.EqualTo(new[] { "new", "newer" }));
    }

    [TestCase("""{"from":0,"to":"2026-02-10T00:00:00Z"}""", "matchers must have at least one that an alert without labels does not match")]
    [TestCase("""{"matchers":[{"label":"rule","glob":"**"}],"from":0,"to":"2026-02-10T00:00:00Z"}""", "matchers must have at least one")]
    [TestCase("""{"matchers":{},"from":0,"to":1}""", "matchers must be a list of at most 16")]
    [TestCase("""{"matchers":[{"label":"rule","equals":"a","glob":"b"}],"from":0,"to":1}""", "matchers[0].equals or matchers[0].glob is needed, and one")]
    [TestCase("""{"matchers":[{"label":"rule","regex":"a"}],"from":0,"to":1}""", "There is no field \"matchers[0].regex\"")]
    [TestCase("""{"matchers":[{"label":"rule","equals":"a"}],"from":"now","to":1}""", "from must be a moment as in RFC 3339")]
    [TestCase("""{"matchers":[{"label":"rule","equals":"a"}],"from":0}""", "to is needed")]
    [TestCase("""{"matchers":[{"label":"rule","equals":"a"}],"from":9,"to":9}""", "from must be before to")]
    [TestCase("""{"matchers":[{"label":"rule","equals":"a"}],"from":0,"to":"2026-02-09T10:00:00Z"}""", "to must be in the future")]
    public void What_is_wrong_is_named(string json, string expected) => Assert.That(
        () => _book.Put(7, "s", JsonElement.Parse(json)), Throws.TypeOf<DefinitionException>().With.Message.Contains(expected));

    [TestCase("../s")]
    [TestCase("S")]
    [TestCase("")]
    [TestCase(".s")]
    public void An_id_is_a_plain_name(string id) => Assert.That(() => Put(id, """[{"label":"rule","equals":"slow"}]"""), Throws.TypeOf<DefinitionException>());

    [Test]
    public void A_silence_is_written_as_it_can_be_read()
    {
        Silence silence = _book.Put(7, "s", JsonElement.Parse(
            """{"matchers":[{"label":"host","glob":"w*"}],"from":"2026-02-09T11:00:00.25+01:00","to":1770638400000,"comment":"käse"}"""));
        byte[] json = DefinitionFiles.ToJson(writer => SilenceFormat.WriteFields(writer, silence));

        Assert.Multiple(() =>
        {
            Assert.That(JsonElement.Parse(json).GetProperty("from").GetString(), Is.EqualTo("2026-02-09T10:00:00.25Z"));
            Assert.That(JsonElement.Parse(json).GetProperty("to").GetString(), Is.EqualTo("2026-02-09T12:00:00Z"));
            Silence read = SilenceFormat.Read(JsonElement.Parse(json), "s");
            Assert.That(DefinitionFiles.ToJson(writer => SilenceFormat.WriteFields(writer, read)), Is.EqualTo(json));
        });
    }

    [Test]
    public void Globs_match_what_a_plain_search_finds()
    {
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            string pattern = Text(random, "ab*?*", 7);
            string text = Text(random, "ab", 7);
            bool matches = new LabelMatcher("l", pattern, IsGlob: true).Matches(ImmutableDictionary<string, string>.Empty.Add("l", text));
            Assert.That(matches, Is.EqualTo(MatchesPlainly(pattern, text)), $"{pattern} on {text}");
        }
    }

    [Test]
    public void A_glob_that_would_have_others_search_for_ever_takes_no_time()
    {
        LabelMatcher matcher = new("l", string.Concat(Enumerable.Repeat("*a", 120)) + "b", IsGlob: true);

        Assert.That(matcher.Matches(ImmutableDictionary<string, string>.Empty.Add("l", new string('a', 1_024))), Is.False);
    }

    // By the definition, one sign after the other; exponential.
    private static bool MatchesPlainly(string pattern, string text) =>
        pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? MatchesPlainly(pattern[1..], text) || (text.Length > 0 && MatchesPlainly(pattern, text[1..]))
        : text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && MatchesPlainly(pattern[1..], text[1..]);

    private static string Text(Random random, string signs, int most) => new(random.GetItems(signs.AsSpan(), random.Next(most)));

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);

    private string? Found() => _book.Find(7, _labels, _clock.GetUtcNow())?.Id;

    private void Put(string id, string matchers, string to = "2026-02-09T12:00:00Z") =>
        _book.Put(7, id, JsonElement.Parse($$"""{"matchers":{{matchers}},"from":"2026-02-09T10:00:00Z","to":"{{to}}","comment":"works"}"""));

    private SilenceBook Reopen()
    {
        SilenceBook book = new(new DefinitionFiles(_files, "/rules", "silences"), _clock);
        Assert.That(book.Load(7), Is.Empty);
        return book;
    }
}
