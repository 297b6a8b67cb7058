using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ui.SignIn;

namespace TimeSeries.Tests.Ui.SignIn;

public sealed class OneTimeCodeTests
{
    private readonly FakeTimeProvider _clock = new();
    private OneTimeCode _code = null!;

    [SetUp]
    public void Make() => _code = new OneTimeCode(
        new ProjectDirectory(
        [
            new ProjectOptions
            {
                Pcode = 5,
                Tokens = [new TokenOptions { Secret = "pushes", Scopes = Scopes.Ingest }, new TokenOptions { Secret = "reads", Scopes = Scopes.Read }],
            },
        ]),
        _clock);

    [Test]
    public void A_code_signs_in_once_with_the_first_token_that_may_read()
    {
        string code = _code.Make();
        Assert.That(code, Has.Length.EqualTo(64), "256 bits");
        Assert.That(_code.IsGood(code), Is.True, "Looking spends nothing.");
        Assert.That(_code.Spend(code), Is.Not.Null.And.Property("Scopes").EqualTo(Scopes.Read));
        Assert.That(_code.Spend(code), Is.Null);
        Assert.That(_code.IsGood(code), Is.False);
    }

    [Test]
    public void A_code_is_good_for_ten_minutes()
    {
        string code = _code.Make();
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.That(_code.IsGood(code), Is.True);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.That(_code.Spend(code), Is.Null);
    }

    [Test]
    public void Another_code_spends_nothing_and_a_new_one_replaces_the_last()
    {
        string first = _code.Make();
        Assert.That(_code.Spend(first[..^1] + (first[^1] == '0' ? '1' : '0')), Is.Null);
        string second = _code.Make();
        Assert.That(_code.Spend(first), Is.Null);
        Assert.That(_code.Spend(second), Is.Not.Null);
    }

    [Test]
    public void Without_a_code_nothing_is_good() => Assert.That(_code.IsGood(""), Is.False);
}
