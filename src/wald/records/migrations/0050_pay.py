import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0030_journal_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('subject', models.CharField(db_index=True, max_length=200)),
                ('from_on', models.DateField()),
                ('until_on', models.DateField(null=True)),
                ('reason', models.TextField()),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.CharField(max_length=200)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.CharField(blank=True, max_length=200)),
                ('lifted_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='PayrollMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='PayRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('computing', 'Computing'), ('draft', 'Draft'), ('released', 'Released'), ('withdrawn', 'Withdrawn')], default='computing', max_length=10)),
                ('period', models.CharField(max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('counts_from', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=200)),
                ('job', models.BigIntegerField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(blank=True, max_length=200)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=200)),
                ('why', models.TextField(blank=True)),
                ('inputs', models.JSONField(default=dict)),
                ('inputs_hash', models.CharField(blank=True, max_length=64)),
                ('layers', models.JSONField(default=dict)),
                ('results_hash', models.CharField(blank=True, max_length=64)),
                ('totals', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'released')), fields=('starts_on',), name='one_released_run_a_period')],
            },
        ),
        migrations.CreateModel(
            name='PayAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(db_index=True, max_length=200)),
                ('amount', models.CharField(max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.TextField()),
                ('counts_on', models.DateField()),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.CharField(max_length=200)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.CharField(blank=True, max_length=200)),
                ('refused_at', models.DateTimeField(null=True)),
                ('refused_by', models.CharField(blank=True, max_length=200)),
                ('answer', models.TextField(blank=True)),
                ('paid_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.payrun')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
    ]
