using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Ui.Data;

namespace TimeSeries.Tests.Ui.Data;

/// <summary>Results that pages share.</summary>
public sealed class SharedResultsTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private SharedResults _results = null!;
    private int _made;

    [SetUp]
    public void SetUp() => (_results, _made) = (new SharedResults(new LiveBudget(_clock), _clock), 0);

    [Test]
    public async Task All_who_ask_while_one_is_made_and_while_it_stands_get_the_same()
    {
        TaskCompletionSource go = new();
        Task<object>[] asked = [.. Enumerable.Range(0, 50).Select(_ => GetAsync("a", () => go.Task))];
        _clock.Advance(10 * _second);
        Task<object> late = GetAsync("a", () => go.Task);
        go.SetResult();
        object[] given = await Task.WhenAll(asked);
        Assert.That(given, Is.All.SameAs(await late));
        Assert.That(_made, Is.EqualTo(1));
    }

    [Test]
    public async Task Another_key_has_its_own_and_after_its_time_another_is_made()
    {
        object first = await GetAsync("a");
        Assert.That(await GetAsync("b"), Is.Not.SameAs(first));
        _clock.Advance(0.9 * _second);
        Assert.That(await GetAsync("a"), Is.SameAs(first));
        _clock.Advance(0.1 * _second);
        Assert.That(await GetAsync("a"), Is.Not.SameAs(first));
    }

    [Test]
    public async Task What_took_long_stands_long()
    {
        object slow = await GetAsync("a", () => AdvanceAsync(0.5 * _second));
        _clock.Advance(9.4 * _second);
        Assert.That(await GetAsync("a"), Is.SameAs(slow), "10 s from when it was begun.");
        _clock.Advance(0.2 * _second);
        Assert.That(await GetAsync("a"), Is.Not.SameAs(slow));
    }

    [Test]
    public async Task One_of_minutes_stands_for_them()
    {
        object usual = await GetAsync("a", least: 300 * _second);
        _clock.Advance(299 * _second);
        Assert.That(await GetAsync("a", least: 300 * _second), Is.SameAs(usual));
    }

    [Test]
    public async Task A_failure_is_told_to_all_and_is_not_kept()
    {
        Assert.That(async () => await GetAsync("a", () => throw new InvalidDataException("broken")), Throws.TypeOf<InvalidDataException>());
        _clock.Advance(_second);
        Assert.That(await GetAsync("a"), Is.Not.Null);
    }

    private Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }

    private Task<object> GetAsync(string key, Func<Task>? work = null, TimeSpan? least = null) => _results.GetAsync(key, least ?? _second, async () =>
    {
        Interlocked.Increment(ref _made);
        await (work?.Invoke() ?? Task.CompletedTask);
        return new object();
    });
}
