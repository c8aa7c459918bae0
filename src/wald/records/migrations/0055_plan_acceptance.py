import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0050_pay'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(max_length=200)),
                ('accepted_by', models.CharField(max_length=200)),
                ('accepted_at', models.DateTimeField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.documentversion')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('person_id', 'version'), name='one_acceptance_of_a_version')],
            },
        ),
    ]
